#include "processors/words/stemmer.hpp"

#include <gtest/gtest.h>

namespace docmill::nlp {
namespace {

TEST(Stemmer, FollowsTheRulesOfTheLanguage) {
  EXPECT_EQ(stem_of("documents", "en"), "document");
  EXPECT_EQ(stem_of("happily", "en"), "happili");  // no beginning of the word
  EXPECT_EQ(stem_of("häuser", "de"), "haus");
  EXPECT_EQ(stem_of("documents", "und"), "documents");
}

}  // namespace
}  // namespace docmill::nlp
