#include "core/validation_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>
#include <string>

#include "core/options.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;

TEST(Findings, HaveNamesOfTheirOwnAndChecksThatExist) {
  std::set<std::string_view> names;
  const auto checks = choices_of(**find_option("validation", "checks"));
  for (const auto& row : finding_table) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(finding_code_from_string(row.name), row.code);
    EXPECT_TRUE(row.check.empty() || std::find(checks.begin(), checks.end(), row.check) != checks.end()) << row.name;
  }
}

TEST(Rules, AreOptionsInAFile) {
  const auto rules = read_rules(
      "min_pages = 2\nallowed_types = ['pdf', 'png']\nrequired_patterns = ['Invoice \\d+', 'a,b']\nmin_confidence = "
      "0.75\nlanguages = 'en+de'\n[severity]\nembedded_file = 'error'\njavascript = 'off'\n");
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(rules->at("min_pages").to_number<int>(), 2);
  EXPECT_EQ(json::serialize(rules->at("required_patterns")), R"(["Invoice \\d+","a,b"])");
  EXPECT_EQ(rules->at("severity").as_string(), "embedded_file=error,javascript=off");
}

TEST(Rules, SayInWhichLineTheyAreWrong) {
  const auto message = [](const char* toml) {
    const auto rules = read_rules(toml);
    return rules ? std::string("none") : rules.error().message;
  };
  EXPECT_THAT(message("min_pages = 1\nmin_page = 2\n"), AllOf(HasSubstr("line 2"), HasSubstr("mean 'min_pages'")));
  EXPECT_THAT(message("min_pages = 'many'"), HasSubstr("whole number"));
  EXPECT_THAT(message("min_pages = "), HasSubstr("line 1"));
  EXPECT_THAT(message("\nrules = 'x'"), HasSubstr("line 2"));
  EXPECT_THAT(message("[severity]\njavascrip = 'off'"), HasSubstr("mean 'javascript'"));
  EXPECT_THAT(message("[severity]\njavascript = 'bad'"), HasSubstr("off, info, warning or error"));
  EXPECT_THAT(message("[min_pages]\na = 1"), HasSubstr("line 1"));
  EXPECT_THAT(message("min_pages = 1\nforbidden_patterns = ['*']"),
              HasSubstr("line 2: option 'forbidden_patterns': '*'"));
}

TEST(Rules, YieldToOptionsThatAreGiven) {
  json::object given{{"rules", "min_pages = 2\nmax_pages = 9\n"}, {"min_pages", 5}};
  const auto options = resolve_options("validation", given);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->at("min_pages").to_number<int>(), 5);
  EXPECT_EQ(options->at("max_pages").to_number<int>(), 9);
  EXPECT_TRUE(resolve_options("validation", *options));
}

TEST(Rules, AreCheckedBeforeAnythingStarts) {
  const auto message = [](json::object given) {
    const auto options = resolve_options("ocr,validation", given);
    return options ? std::string("none") : options.error().message;
  };
  EXPECT_EQ(message({{"required_patterns", "a\nb"}}), "none");
  EXPECT_THAT(message({{"required_patterns", "a\n(b"}}), HasSubstr("'(b' is no regular expression"));
  EXPECT_THAT(message({{"forbidden_patterns", json::array{"*"}}}), HasSubstr("no regular expression"));
  EXPECT_THAT(message({{"severity", "skewd=off"}}), HasSubstr("mean 'skewed'"));
  EXPECT_THAT(message({{"languages", "en;de"}}), HasSubstr("no name of a language"));
  EXPECT_THAT(message({{"languages", "en+dan+deutsch"}}), HasSubstr("no language is called 'deutsch'"));
  EXPECT_THAT(message({{"min_pages", 3}, {"max_pages", 2}}), HasSubstr("no document has both"));
  EXPECT_THAT(message({{"rules", "min_pages = -1"}}), HasSubstr("option 'rules': line 1"));
}

}  // namespace
}  // namespace docmill
