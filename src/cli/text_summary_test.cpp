#include "cli/text_summary.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <random>

namespace docmill::cli {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

json::object record_with(const Signature& signature, const std::string& language = "en") {
  return {{"nlp", json::object{{"language", language},
                               {"words", 100},
                               {"entities", json::object{{"date", 2}}},
                               {"signature", to_hex(signature)}}}};
}

Signature random_signature(std::mt19937& random) {
  Signature signature{};
  for (auto& byte : signature) byte = static_cast<std::uint8_t>(random());
  return signature;
}

// Differs in a share of its places.
Signature changed(Signature signature, std::size_t places) {
  for (std::size_t i = 0; i < places; ++i) signature[i * 128 / places] ^= 0x55U;
  return signature;
}

TEST(TextSummary, AddsUpLanguagesAndEntities) {
  std::mt19937 random(1);
  TextSummary summary;
  summary.add("a", record_with(random_signature(random)));
  summary.add("b", record_with(random_signature(random), "de"));
  summary.add("c", record_with(random_signature(random)));
  summary.add("none", json::object{{"pages", 3}});
  EXPECT_EQ(summary.documents(), 3U);
  EXPECT_EQ(summary.text(), "texts: 300 words; languages: en 2, de 1\n  entities: date 6\n");
  EXPECT_EQ(json::serialize(summary.json().at("languages")), R"({"de":1,"en":2})");
  EXPECT_TRUE(TextSummary().text().empty());
}

TEST(TextSummary, SaysHowManyDocumentsHaveNoWords) {
  TextSummary summary;
  summary.add("letter", json::object{{"nlp", json::object{{"language", "en"}, {"words", 100}}}});
  summary.add("scan", json::object{{"nlp", json::object{{"language", "und"}, {"words", 0}}}});
  EXPECT_EQ(summary.text(), "texts: 100 words, none in 1 of 2 documents; languages: en 1, und 1\n");
  EXPECT_EQ(summary.json().at("wordless"), 1);
}

TEST(TextSummary, FindsNearDuplicates) {
  std::mt19937 random(2);
  TextSummary summary;
  const auto letter = random_signature(random);
  const auto bill = random_signature(random);
  summary.add("letter copy", record_with(letter));              // results come in any order
  summary.add("bill changed", record_with(changed(bill, 20)));  // 0.84
  summary.add("bill", record_with(bill));
  summary.add("other", record_with(random_signature(random)));
  summary.add("letter", record_with(letter));
  summary.add("letter changed", record_with(changed(letter, 10)));
  summary.add("bill rewritten", record_with(changed(bill, 60)));  // 0.53
  const auto groups = summary.near_duplicates();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_THAT(groups[0].documents, ElementsAre("letter", "letter changed", "letter copy"));
  EXPECT_NEAR(groups[0].resemblance, 1 - 10.0 / 128, 0.01);
  EXPECT_THAT(groups[1].documents, ElementsAre("bill", "bill changed"));
  EXPECT_THAT(summary.text(), HasSubstr("letter, letter changed, letter copy"));
}

TEST(TextSummary, FindsAThousandCopiesQuickly) {
  std::mt19937 random(3);
  TextSummary summary;
  const auto copy = random_signature(random);
  for (int i = 0; i < 20'000; ++i) summary.add(std::to_string(i), record_with(copy));
  const auto groups = summary.near_duplicates();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].documents.size(), 20'000U);
}

TEST(TextSummary, TakesNothingFromBrokenRecords) {
  TextSummary summary;
  summary.add("a", json::parse(R"({"nlp":{"language":5,"words":"x","entities":[],"signature":"zz"}})").as_object());
  EXPECT_EQ(summary.documents(), 1U);
  EXPECT_TRUE(summary.near_duplicates().empty());
}

}  // namespace
}  // namespace docmill::cli
