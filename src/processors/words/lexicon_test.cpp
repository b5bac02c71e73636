#include "processors/words/lexicon.hpp"

#include <gtest/gtest.h>

#include <string>

#include "processors/words/utf8.hpp"
#include "processors/words/word_hash.hpp"

namespace docmill::nlp {
namespace {

TEST(Lexicon, KnowsWhatIsTrueOfAWordInEveryDocument) {
  const auto& facts = facts_of("tables", "en");
  EXPECT_EQ(facts.word, "tables");
  EXPECT_EQ(facts.stem, "tabl");
  EXPECT_EQ(facts.length, 6U);
  EXPECT_FALSE(facts.is_stop_word);
  EXPECT_TRUE(facts_of("und", "de").is_stop_word);
  EXPECT_FALSE(facts_of("und", "en").is_stop_word);
  EXPECT_EQ(facts_of("größe", "de").length, 5U);
}

TEST(Lexicon, TakesFrenchAndItalianWordsWithoutTheirElision) {
  EXPECT_EQ(facts_of("l'institution", "fr").stem, facts_of("institution", "fr").stem);
  EXPECT_TRUE(facts_of("n'était", "fr").is_stop_word);
  EXPECT_EQ(facts_of("aujourd'hui", "fr").word, "aujourd'hui");
  EXPECT_EQ(facts_of("dell'arte", "it").stem, facts_of("arte", "it").stem);
  EXPECT_NE(facts_of("l'institution", "en").stem, facts_of("institution", "en").stem);
}

// Signatures are made of it, and kept.
TEST(Lexicon, HashesAreTheSameForEver) { EXPECT_EQ(facts_of("tables", "en").hash, 0x531939354deb226fU); }

TEST(Lexicon, SaysTheSameHoweverOftenAndHoweverMuchItIsAsked) {
  for (int round = 0; round < 2; ++round) {
    // More than it keeps.
    for (int i = 0; i < 70'000; ++i) {
      const auto word = "word" + std::to_string(i) + "s";
      const auto& facts = facts_of(word, "en");
      ASSERT_EQ(facts.word, word);
      ASSERT_EQ(facts.stem, word.substr(0, word.size() - 1));
    }
    EXPECT_EQ(facts_of("documents", "en").stem, "document");
    EXPECT_EQ(facts_of(std::string(1000, 'a') + "s", "en").stem, std::string(1000, 'a'));
  }
}

TEST(Utf8, CopiesInLowerCaseWordsOfEveryLength) {
  std::string text = "@AMZ[`amz{/09:";
  while (text.size() < 40) text += text;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto word = text.substr(0, size);
    std::string expected = word;
    for (char& c : expected) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    std::string copy(size + 1, '#');
    EXPECT_TRUE(copy_lower_ascii(copy.data(), word));
    EXPECT_EQ(copy, expected + "#");
    for (std::size_t i = 0; i < size; ++i) {
      auto other = word;
      other[i] = '\xC3';
      EXPECT_FALSE(copy_lower_ascii(copy.data(), other)) << size << " " << i;
    }
  }
}

TEST(WordHash, SeesEveryByteAndTheLength) {
  const WordHash hash;
  for (std::size_t size = 1; size < 30; ++size) {
    const std::string word(size, 'a');
    EXPECT_NE(hash(word), hash(word + 'a'));
    for (std::size_t i = 0; i < size; ++i) {
      auto other = word;
      other[i] = 'b';
      EXPECT_NE(hash(word), hash(other)) << size << " " << i;
    }
  }
}

}  // namespace
}  // namespace docmill::nlp
