#include "cli/validation_summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace docmill::cli {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

json::object record(std::string_view verdict, std::string_view digest, char signature, json::object codes = {}) {
  json::object found{{"verdict", verdict},
                     {"sha256", digest},
                     {"signature", std::string(256, signature)},
                     {"codes", std::move(codes)},
                     {"worst", {{"code", "skewed"}, {"message", "The page lies askew."}, {"page", 3}}}};
  return {{"validation", std::move(found)}};
}

TEST(ValidationSummary, CountsVerdictsAndFindings) {
  ValidationSummary summary;
  EXPECT_EQ(summary.text(), "");
  summary.add("a", record("valid", "1", 'a'));
  summary.add("b", record("invalid", "2", 'b', {{"skewed", 7}, {"blurred", 1}}));
  summary.add("c", record("warning", "3", 'c', {{"skewed", 1}}));
  summary.add("d", json::object{{"nlp", json::object{}}});
  EXPECT_EQ(summary.documents(), 3U);
  EXPECT_EQ(summary.invalid(), 1U);
  const auto found = summary.json();
  EXPECT_EQ(json::serialize(found.at("findings")), R"({"blurred":1,"skewed":2})");
  EXPECT_EQ(found.at("invalid_documents").at(0).at("reason").as_string(), "skewed: The page lies askew. (page 3)");
  EXPECT_THAT(summary.text(), HasSubstr("verdicts: 1 valid, 1 warning, 1 invalid\n  b: skewed"));
}

TEST(ValidationSummary, TellsCopiesFromDocumentsThatAreNearlyTheSame) {
  ValidationSummary summary;
  summary.add("a", record("valid", "1", 'a'));
  summary.add("copy of a", record("valid", "1", 'a'));
  summary.add("a as html", record("valid", "2", 'a'));
  summary.add("b", record("valid", "3", 'b'));
  const auto found = summary.json();
  EXPECT_EQ(json::serialize(found.at("duplicates").at(0).at("documents")), R"(["a","copy of a"])");
  EXPECT_EQ(json::serialize(found.at("near_duplicates").at(0).at("documents")), R"(["a","a as html"])");
  EXPECT_EQ(found.at("duplicates").as_array().size(), 1U);
  EXPECT_EQ(found.at("near_duplicates").as_array().size(), 1U);
}

}  // namespace
}  // namespace docmill::cli
