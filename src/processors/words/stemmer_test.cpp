#include "processors/words/stemmer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docmill::nlp {
namespace {

TEST(Stemmer, FollowsTheRulesOfTheLanguage) {
  EXPECT_EQ(stem_of("documents", "en"), "document");
  EXPECT_EQ(stem_of("happily", "en"), "happili");  // no beginning of the word
  EXPECT_EQ(stem_of("häuser", "de"), "haus");
  EXPECT_EQ(stem_of("documents", "und"), "documents");
}

TEST(Stemmer, SaysTheSameHoweverOftenAndHoweverMuchItIsAsked) {
  for (int round = 0; round < 2; ++round) {
    // More than it keeps.
    for (int i = 0; i < 70'000; ++i) {
      const auto word = "word" + std::to_string(i) + "s";
      ASSERT_EQ(stem_of(word, "en"), word.substr(0, word.size() - 1)) << word;
    }
    EXPECT_EQ(stem_of("documents", "en"), "document");
    EXPECT_EQ(stem_of(std::string(1000, 'a') + "s", "en"), std::string(1000, 'a'));
  }
}

}  // namespace
}  // namespace docmill::nlp
