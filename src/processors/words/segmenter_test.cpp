#include "processors/words/segmenter.hpp"

#include <gmock/gmock.h>
#include <unicode/brkiter.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "processors/words/fast_sentences.hpp"
#include "processors/words/fast_words.hpp"
#include "processors/words/paragraphs.hpp"

namespace docmill::nlp {
namespace {

using testing::ElementsAre;
using Strings = std::vector<std::string>;

Span whole(std::string_view text) { return {0, static_cast<std::uint32_t>(text.size())}; }

Strings words_of(std::string_view text) {
  Segmenter segmenter;
  std::vector<Word> words;
  segmenter.words(text, whole(text), words);
  Strings result;
  for (const auto& word : words) result.emplace_back(word.span.in(text));
  return result;
}

Strings sentences_of(std::string_view text, std::string_view language = "en") {
  Segmenter segmenter;
  std::vector<Span> sentences;
  segmenter.sentences(text, whole(text), language, sentences);
  Strings result;
  for (const auto& sentence : sentences) result.emplace_back(sentence.in(text));
  return result;
}

// What ICU says, with nothing of ours between; but for "@", which ICU 72 takes for a letter and UAX #29 does not.
std::vector<Span> icu_words(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> rules(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), error));
  auto units = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  units.findAndReplace("@", " ");
  rules->setText(units);
  std::vector<Span> words;
  std::uint32_t byte = 0;
  int32_t begin = 0;
  for (auto end = rules->next(); end != icu::BreakIterator::DONE; end = rules->next()) {
    std::string piece;
    units.tempSubStringBetween(begin, end).toUTF8String(piece);
    const auto byte_end = byte + static_cast<std::uint32_t>(piece.size());
    bool has_content = false;  // "․@" has none, and ICU calls it a word all the same
    for (int32_t i = begin; i < end; i = units.moveIndex32(i, 1)) has_content |= u_isalnum(units.char32At(i)) != 0;
    if (has_content && rules->getRuleStatus() >= UBRK_WORD_NONE_LIMIT) words.push_back({byte, byte_end});
    byte = byte_end;
    begin = end;
  }
  return words;
}

TEST(Words, AreThoseOfIcuInRandomText) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Strings pieces{"a",      "Z",      "é",  "ß", "я",  "Ω",      "7",      "0",      "_",  ".",  ",",
                       ";",      ":",      "'",  "’", "-",  "–",      "…",      "€",      "(",  "\"", "@",
                       "/",      "·",      " ",  " ", "\n", "№",      "中",     "文",     "か", "ا",  "\u0301",
                       "\u200D", "\u00AD", "😀", "א", "ไ",  "\u00A0", "\u2019", "\u2024", "ǅ",  "ª"};
  Segmenter segmenter;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const auto length = 1 + random() % 24;
    for (unsigned i = 0; i < length; ++i) text += pieces[random() % pieces.size()];
    std::vector<Word> words;
    segmenter.words(text, whole(text), words);
    std::vector<Span> ours;
    for (const auto& word : words) ours.push_back(word.span);
    ASSERT_EQ(ours, icu_words(text)) << "text: " << text;
  }
}

TEST(Words, TakeTheFastWayInCommonAlphabets) {
  std::vector<Word> words;
  EXPECT_TRUE(fast_words("Größe,don’t", 10, words));
  EXPECT_THAT(words, ElementsAre(Word{{10, 17}, WordKind::letters}, Word{{18, 25}, WordKind::letters}));
  EXPECT_FALSE(fast_words("中文", 0, words));
  EXPECT_EQ(words.size(), 2U);
}

TEST(Words, KeepApostrophesAndDecimals) {
  EXPECT_THAT(words_of("It's 3,141.59 e.g. A4-size (or_not)"),
              ElementsAre("It's", "3,141.59", "e.g", "A4", "size", "or_not"));
}

TEST(Words, AreFoundWithoutSpaces) { EXPECT_GT(words_of("今天天气很好我们去公园").size(), 3U); }

TEST(Words, TellNumbersFromLetters) {
  const std::string text = "room 12 4th ٣";
  Segmenter segmenter;
  std::vector<Word> words;
  segmenter.words(text, whole(text), words);
  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(words[0].kind, WordKind::letters);
  EXPECT_EQ(words[1].kind, WordKind::number);
  EXPECT_EQ(words[2].kind, WordKind::letters);
  EXPECT_EQ(words[3].kind, WordKind::number);
}

std::vector<std::uint32_t> icu_sentence_ends(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> rules(
      icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), error));
  const auto units = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  rules->setText(units);
  std::vector<std::uint32_t> ends;
  for (auto end = rules->next(); end != icu::BreakIterator::DONE; end = rules->next()) {
    std::string before;
    units.tempSubString(0, end).toUTF8String(before);
    ends.push_back(static_cast<std::uint32_t>(before.size()));
  }
  return ends;
}

TEST(FastSentences, EndWhereIcuHasThemInRandomText) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Strings pieces{"a", "B", "é", "ß",  "я",  "Ω",      "7",      ".",      ".",      "!",  "?",     ",",  ";",
                       ":", "'", "’", "-",  "–",  "…",      "€",      "(",      ")",      "]",  "»",     "“",  "\"",
                       "/", " ", " ", "\t", "\n", "\r",     "\f",     "\u2028", "\u00A0", "中", "。",    "」", "か",
                       "ا", "؟", "א", "ไ",  "😀", "\u0085", "\u3000", "ª",      "¿",      "़",   "\u00AD"};
  int fast = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text;
    const auto length = 1 + random() % 16;
    // Those that part it from the fast way stand last.
    for (unsigned i = 0; i < length; ++i) text += pieces[random() % (pieces.size() - (round % 8 == 0 ? 0 : 2))];
    std::vector<std::uint32_t> line_ends;
    for (std::uint32_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_ends.push_back(i);
    }
    std::vector<std::uint32_t> ends;
    if (!fast_sentence_ends(text, whole(text), line_ends, ends)) continue;
    ++fast;
    ASSERT_EQ(ends, icu_sentence_ends(text)) << "text: " << text;
  }
  EXPECT_GT(fast, 40'000);
}

TEST(FastSentences, TakeLineFeedsForSpacesUnlessTheyAreHard) {
  const std::string text = "One.\nTwo\nthree";
  std::vector<std::uint32_t> ends;
  ASSERT_TRUE(fast_sentence_ends(text, whole(text), {}, ends));
  EXPECT_THAT(ends, ElementsAre(5, 14));
  ends.clear();
  ASSERT_TRUE(fast_sentence_ends(text, whole(text), {8}, ends));
  EXPECT_THAT(ends, ElementsAre(5, 9, 14));
}

TEST(FastSentences, LeaveCombiningMarksToIcu) {
  const std::string text = "One. Cafe\u0301.";
  std::vector<std::uint32_t> ends;
  EXPECT_FALSE(fast_sentence_ends(text, whole(text), {}, ends));
  EXPECT_TRUE(ends.empty());
}

TEST(Sentences, EndAtFullStops) {
  EXPECT_THAT(sentences_of("It rained. Nobody came! Why? \"Because.\" That was all."),
              ElementsAre("It rained.", "Nobody came!", "Why?", "\"Because.\"", "That was all."));
}

TEST(Sentences, GoOnAfterAbbreviations) {
  EXPECT_THAT(
      sentences_of("Dr. Smith met Mr. J. K. Brown of the U.S. Army, i.e. his friend. He left at 5 p.m. It was late."),
      ElementsAre("Dr. Smith met Mr. J. K. Brown of the U.S. Army, i.e. his friend.", "He left at 5 p.m.",
                  "It was late."));
  EXPECT_THAT(sentences_of("See Fig. 3 and No. 7. The answer is no. The rest is on p. 12."),
              ElementsAre("See Fig. 3 and No. 7.", "The answer is no.", "The rest is on p. 12."));
}

TEST(Sentences, GoOnAfterGermanAbbreviationsAndOrdinals) {
  EXPECT_THAT(
      sentences_of("Am 3. Oktober kam Dr. Maier, d. h. z. B. um ca. 5 Uhr. Das war im 19. Jahrhundert. Er ging.", "de"),
      ElementsAre("Am 3. Oktober kam Dr. Maier, d. h. z. B. um ca. 5 Uhr.", "Das war im 19. Jahrhundert.", "Er ging."));
}

TEST(Sentences, GoOnAfterQuotesInTheMiddle) {
  EXPECT_THAT(sentences_of("\"Stop!\" he said. \"Why?\" she asked."),
              ElementsAre("\"Stop!\" he said.", "\"Why?\" she asked."));
}

TEST(Sentences, RunOverTheEndsOfLines) {
  EXPECT_THAT(
      sentences_of("The committee of the harbour measured\nthe old bridge. It was long\nenough for everybody here."),
      ElementsAre("The committee of the harbour measured\nthe old bridge.", "It was long\nenough for everybody here."));
}

TEST(Sentences, EndWithTheItemsOfAList) {
  EXPECT_THAT(sentences_of("- the first of the things\n- the second thing\n- and the third thing"),
              ElementsAre("- the first of the things", "- the second thing", "- and the third thing"));
}

TEST(Sentences, EndInOtherScripts) {
  EXPECT_THAT(sentences_of("今天天气很好。我们去公园。", "zh"), ElementsAre("今天天气很好。", "我们去公园。"));
  EXPECT_THAT(sentences_of("Он ушёл. Она осталась.", "ru"), ElementsAre("Он ушёл.", "Она осталась."));
}

TEST(Sentences, BeginWithTheirQuotesWhereNoSpacesAreWritten) {
  EXPECT_THAT(sentences_of("彼は話した。「本当ですか？」と彼女は聞いた。『はい。』その後、帰った。", "ja"),
              ElementsAre("彼は話した。", "「本当ですか？」と彼女は聞いた。", "『はい。』", "その後、帰った。"));
}

TEST(Sentences, GoOnAfterInitialsOfAnyAlphabet) {
  EXPECT_THAT(sentences_of("Here lived J. A. Brown. He left."), ElementsAre("Here lived J. A. Brown.", "He left."));
  EXPECT_THAT(sentences_of("Здесь жил М. В. Ломоносов. Это было в 2023 г. Потом он ушёл.", "ru"),
              ElementsAre("Здесь жил М. В. Ломоносов.", "Это было в 2023 г.", "Потом он ушёл."));
  EXPECT_THAT(sentences_of("Στις 8:48 μ.μ. Ήρθε ο Ν. Ιωάννου.", "el"),
              ElementsAre("Στις 8:48 μ.μ.", "Ήρθε ο Ν. Ιωάννου."));
  EXPECT_THAT(sentences_of("Ici J.-P. Durand arriva. Il partit.", "fr"),
              ElementsAre("Ici J.-P. Durand arriva.", "Il partit."));
}

// Each full stop looks ahead for a word.
TEST(Sentences, AreFoundInMarksWithoutEnd) {
  std::string text;
  while (text.size() < 1'000'000) text += "@.";
  const auto begin = std::chrono::steady_clock::now();
  for (const auto paragraph : find_paragraphs(text)) {
    std::vector<Span> found;
    Segmenter().sentences(text, paragraph, "en", found);
    EXPECT_EQ(found.size(), paragraph.size() / 2);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

struct GoldScore {
  int right = 0;
  int wrong = 0;
  std::string details;
};

// Sentences that are those of a gold set of tests/corpus/nlp, with all lines of a paragraph joined to one.
GoldScore score_gold_set(const std::string& name) {
  std::ifstream file(DOCMILL_CORPUS "/nlp/" + name);
  GoldScore score;
  for (std::string language; std::getline(file, language);) {
    std::string text;
    Strings expected;
    for (std::string line; std::getline(file, line) && !line.empty();) {
      text += (text.empty() ? "" : " ") + line;
      expected.push_back(line);
    }
    for (const auto& sentence : sentences_of(text, language)) {
      const bool is_right = std::find(expected.begin(), expected.end(), sentence) != expected.end();
      ++(is_right ? score.right : score.wrong);
      if (!is_right) score.details += "  " + language + ": " + sentence + "\n";
    }
  }
  return score;
}

TEST(Sentences, AreThoseOfTheGoldSet) {
  const auto score = score_gold_set("sentences.txt");
  EXPECT_GE(score.right, 71) << score.details;
  EXPECT_LE(score.wrong, 2) << score.details;
}

TEST(Sentences, AreMostlyThoseOfTheHardGoldSet) {
  const auto score = score_gold_set("sentences_hard.txt");
  EXPECT_GE(score.right, 122) << score.details;
  EXPECT_LE(score.wrong, 15) << score.details;
}

TEST(Paragraphs, ArePartedByEmptyLinesAndFormFeeds) {
  const std::string_view text = "one\ntwo\n\n \nthree\ffour\f\n";
  Strings found;
  for (const auto span : find_paragraphs(text)) found.emplace_back(span.in(text));
  EXPECT_THAT(found, ElementsAre("one\ntwo", "three", "four"));
}

TEST(Paragraphs, AreCutWhereTheyAreHuge) {
  std::string text;
  while (text.size() < 1'000'000) text += "wörter ";
  const auto spans = find_paragraphs(text);
  EXPECT_GT(spans.size(), 3U);
  for (const auto span : spans) {
    EXPECT_EQ(text.substr(span.begin, 4), "wör");
    EXPECT_LE(span.size(), 256U << 10U);
  }
}

}  // namespace
}  // namespace docmill::nlp
