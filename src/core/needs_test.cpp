#include "core/needs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace docmill {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Words needs(std::string_view pipeline, const boost::json::object& options) {
  const auto words = needs_of(pipeline, options);
  EXPECT_TRUE(words) << words.error().message;
  return words ? *words : Words();
}

TEST(Needs, AreTheStagesAndTheLanguagesByTheirModels) {
  EXPECT_THAT(needs("ocr", {{"language", "de+en"}}), ElementsAre("lang:deu", "lang:eng", "ocr"));
  EXPECT_THAT(needs("noop", {}), ElementsAre("noop"));
}

TEST(Needs, AreRefusedWhereAStageOrLanguageCanBeNone) {
  EXPECT_EQ(needs_of("ocrr", {}).error().code, ErrorCode::invalid_option);
  EXPECT_EQ(needs_of("ocr", {{"language", "../eng"}}).error().code, ErrorCode::invalid_option);
  EXPECT_EQ(needs_of("ocr", {{"language", std::string(130, 'x')}}).error().code, ErrorCode::invalid_option);
}

TEST(Needs, StandInOrderEachOnceWithoutBlanks) {
  EXPECT_TRUE(check_needs({}));
  EXPECT_TRUE(check_needs({"!", "lang:deu", "ocr", "~"}));
  EXPECT_TRUE(check_needs({std::string(128, 'x')}));
  for (const Words& wrong : {Words{"b", "a"}, Words{"a", "a"}, Words{""}, Words{"a b"}, Words{"\x7f"},
                             Words{"\xc3\xbc"}, Words{std::string(129, 'x')}}) {
    EXPECT_EQ(check_needs(wrong).error().code, ErrorCode::invalid_option);
  }
}

TEST(Needs, AreLimitedInNumber) {
  Words words;
  for (int i = 100; i < 132; ++i) words.push_back(std::to_string(i));
  EXPECT_TRUE(check_needs(words));
  words.push_back("132");
  EXPECT_FALSE(check_needs(words));
}

TEST(Offers, MayStandInAnyOrderAndTwice) {
  EXPECT_TRUE(check_offers({"ocr", "lang:deu", "ocr"}));
  EXPECT_TRUE(check_offers(Words(1'000, "x")));
  EXPECT_FALSE(check_offers(Words(1'001, "x")));
  EXPECT_FALSE(check_offers({"a b"}));
}

TEST(Offers, CoverWhatNeedsNoMore) {
  EXPECT_TRUE(covers({"ocr", "lang:deu", "lang:eng"}, {"lang:deu", "ocr"}));
  EXPECT_FALSE(covers({"ocr", "lang:deu"}, {"lang:eng", "ocr"}));
  EXPECT_TRUE(covers({"nlp"}, {}));
  EXPECT_TRUE(covers({}, {"lang:eng", "ocr"})) << "no offers stand for everything";
}

TEST(Lacking, IsWhatTheNearestNodeDoesNotOffer) {
  const Words wanted{"lang:deu", "lang:eng", "ocr"};
  EXPECT_THAT(lacking(wanted, {{"ocr"}, {"ocr", "lang:eng"}, {"nlp"}}), ElementsAre("lang:deu"));
  EXPECT_THAT(lacking(wanted, {{"ocr"}, {}}), IsEmpty());
  EXPECT_EQ(lacking(wanted, {}), wanted);
}

TEST(Words, ComeBackFromTheirText) {
  for (const Words& words : {Words{}, Words{"ocr"}, Words{"lang:deu", "ocr"}}) {
    EXPECT_EQ(split_words(join_words(words)), words);
  }
  EXPECT_EQ(join_words({"lang:deu", "ocr"}), "lang:deu ocr");
}

}  // namespace
}  // namespace docmill
