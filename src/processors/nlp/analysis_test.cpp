#include "processors/nlp/analysis.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "processors/words/lexicon.hpp"
#include "processors/words/text_signature.hpp"

namespace docmill::nlp {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;
using testing::Lt;

Analysis analysed(std::string_view text) {
  Segmenter segmenter;
  return analyse(text, {}, segmenter);
}

constexpr std::string_view bridge =
    "The old suspension bridge crosses the river at the narrowest point. Engineers inspected the suspension bridge "
    "last winter and found rust on the main cables. The main cables carry the weight of the whole suspension bridge.\n"
    "\n"
    "The town council asked for a report about the rust. In the report the engineers say that the main cables of the "
    "suspension bridge must be painted before the next winter. Painting is cheap.\n";

double value_of(const Analysis& analysis, std::string_view name) {
  for (const auto& item : analysis.statistics.readability) {
    if (item.name == name) return item.value;
  }
  ADD_FAILURE() << "no readability called " << name;
  return 0;
}

TEST(Analysis, FindsParagraphsSentencesAndTokens) {
  const auto analysis = analysed(bridge);
  EXPECT_EQ(analysis.paragraphs.size(), 2U);
  EXPECT_EQ(analysis.sentences.size(), 6U);
  EXPECT_EQ(analysis.sentences[3].paragraph, 1U);
  EXPECT_EQ(analysis.sentences[5].span.in(bridge), "Painting is cheap.");
  const auto last = analysis.sentences[5].tokens;
  EXPECT_EQ(analysis.tokens[last.begin].span.in(bridge), "Painting");
  EXPECT_EQ(analysis.vocabulary.stem(analysis.tokens[last.begin].word), "paint");
  EXPECT_EQ(last.end, analysis.tokens.size());
}

TEST(Analysis, NamesWhatTheTextIsAbout) {
  const auto analysis = analysed(bridge);
  std::vector<std::string> phrases;
  for (const auto& phrase : analysis.key_phrases) phrases.emplace_back(phrase.span.in(bridge));
  ASSERT_GE(phrases.size(), 3U);
  phrases.resize(3);
  EXPECT_THAT(phrases, Contains("main cables"));
  EXPECT_THAT(phrases, Contains("suspension bridge"));
}

std::vector<std::string> key_phrases_of(std::string_view text) {
  std::vector<std::string> phrases;
  for (const auto& phrase : analysed(text).key_phrases) phrases.emplace_back(phrase.span.in(text));
  return phrases;
}

TEST(Analysis, NamesNoFunctionWordsInChineseAndJapanese) {
  const auto chinese = key_phrases_of(
      "人工智能的研究在北京大学迅速发展，政府宣布了支持人工智能研究的新计划。根据这个计划，我们的公司已经开始了。");
  EXPECT_THAT(chinese, Contains("人工智能"));
  for (const auto* word : {"的", "在", "了", "根据", "这个", "我们"})
    EXPECT_THAT(chinese, testing::Not(Contains(word)));
  const auto japanese =
      key_phrases_of("人工知能の研究は東京大学で進められています。人工知能の開発には人材が必要です。");
  EXPECT_THAT(japanese, Contains("人工知能"));
  for (const auto* word : {"の", "は", "で", "には", "です"}) EXPECT_THAT(japanese, testing::Not(Contains(word)));
}

TEST(Analysis, NamesNoFunctionWordsInRussian) {
  const auto phrases = key_phrases_of(
      "Но старый мост, который был закрыт, теперь снова открыт. Однако это было не так просто, как все думали, и мост "
      "этот всё ещё опасен.");
  EXPECT_THAT(phrases, Contains("старый мост"));
  for (const auto* word : {"который", "Но", "Однако", "как", "это"}) EXPECT_THAT(phrases, testing::Not(Contains(word)));
}

// Without a list of function words.
TEST(Analysis, NamesWhatIsSaidOftenInShortTexts) {
  EXPECT_THAT(key_phrases_of("Штучний інтелект і мости у Києві. Про те і про це: штучний інтелект."),
              AllOf(Contains("Штучний інтелект"), testing::Not(Contains("і")), testing::Not(Contains("те"))));
}

TEST(Analysis, SummarisesInTheOrderOfTheText) {
  const auto analysis = analysed(bridge);
  ASSERT_EQ(analysis.summary.size(), 3U);
  EXPECT_TRUE(std::is_sorted(analysis.summary.begin(), analysis.summary.end()));
  EXPECT_THAT(analysis.summary, Contains(4U));
  EXPECT_THAT(analysis.summary, testing::Not(Contains(5U)));
}

TEST(Analysis, CountsWords) {
  const auto statistics = analysed("A dog saw a dog. The dogs slept!\n\nSo did I.").statistics;
  EXPECT_EQ(statistics.words, 11U);
  EXPECT_EQ(statistics.sentences, 3U);
  EXPECT_EQ(statistics.paragraphs, 2U);
  EXPECT_EQ(statistics.distinct_words, 9U);
  EXPECT_EQ(statistics.distinct_stems, 8U);
  EXPECT_EQ(statistics.words_used_once, 7U);
  EXPECT_EQ(statistics.characters, 43U);
  EXPECT_THAT(statistics.readability, IsEmpty());
}

// 10 sentences of 5 words with 6 syllables.
TEST(Analysis, ComputesReadabilityAsPublished) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "The black dog was hungry. ";
  const auto analysis = analysed(text);
  EXPECT_THAT(value_of(analysis, "flesch_reading_ease"), DoubleNear(206.835 - 1.015 * 5 - 84.6 * 1.2, 1e-6));
  EXPECT_THAT(value_of(analysis, "flesch_kincaid_grade"), DoubleNear(0.39 * 5 + 11.8 * 1.2 - 15.59, 1e-6));
  EXPECT_THAT(value_of(analysis, "lix"), DoubleNear(5, 1e-6));
}

TEST(Analysis, FindsSimpleTextsEasierThanHardOnes) {
  const auto easy = analysed(
      "Das Haus ist alt. Der Hund schläft. Wir gehen in den Wald. Dort ist es kühl und still. Die "
      "Sonne scheint. Ein Vogel singt im Baum. Er ist klein und grau. Wir hören ihm gern zu.");
  const auto hard = analysed(
      "Die Durchführungsverordnung zur Grundstücksverkehrsgenehmigungszuständigkeit berücksichtigt selbstverständlich "
      "auch diejenigen Ausnahmetatbestände, deren verwaltungsrechtliche Beurteilung gegenwärtig noch aussteht, "
      "unbeschadet der bereits abgeschlossenen Genehmigungsverfahren sowie der nachfolgenden Widerspruchsmöglichkeiten "
      "betroffener Grundstückseigentümer und ihrer Rechtsnachfolger in sämtlichen Gemeinden.");
  EXPECT_EQ(easy.language.code, "de");
  EXPECT_GT(value_of(easy, "amstad"), value_of(hard, "amstad") + 50);
  EXPECT_LT(value_of(easy, "lix"), value_of(hard, "lix"));
  EXPECT_LT(value_of(easy, "wiener_sachtextformel"), value_of(hard, "wiener_sachtextformel"));
}

TEST(Analysis, TellsTheLanguageOfEachParagraph) {
  const auto analysis = analysed(
      "The committee decided that the old bridge should be measured again before the winter comes to the valley. It "
      "was "
      "not in the plan.\n\n"
      "Der Ausschuss beschloss, dass die alte Brücke vor dem Winter noch einmal vermessen werden soll.\n\n"
      "The engineers were not asked, but they agreed with what had been said in the report of the council.\n\n"
      "Appendix B");
  ASSERT_EQ(analysis.paragraphs.size(), 4U);
  EXPECT_EQ(analysis.paragraphs[0].language.code, "en");
  EXPECT_EQ(analysis.paragraphs[1].language.code, "de");
  EXPECT_EQ(analysis.paragraphs[2].language.code, "en");
  EXPECT_EQ(analysis.paragraphs[3].language.code, "en");  // nothing says otherwise
  EXPECT_EQ(analysis.language.code, "en");
  ASSERT_EQ(analysis.languages.size(), 2U);
  EXPECT_EQ(analysis.languages[1].code, "de");
  EXPECT_THAT(analysis.languages[1].share, AllOf(Gt(0.2), Lt(0.45)));
}

TEST(Analysis, HasNothingToSayAboutNothing) {
  const auto empty = analysed("");
  EXPECT_TRUE(empty.sentences.empty());
  EXPECT_EQ(empty.language.code, "und");
  EXPECT_FALSE(empty.signature);
  const auto marks = analysed("*** --- ***");
  EXPECT_EQ(marks.statistics.words, 0U);
  EXPECT_FALSE(marks.signature);
}

TEST(Analysis, HasTheSameSignatureForOtherLayouts) {
  const auto plain = analysed(bridge);
  std::string broken(bridge);
  std::replace(broken.begin(), broken.end(), ' ', '\n');
  EXPECT_EQ(plain.signature, analysed(broken).signature);
  Segmenter segmenter;
  EXPECT_EQ(plain.signature, sign_text(bridge, segmenter));
}

TEST(Syllables, AreCountedByVowels) {
  EXPECT_EQ(count_syllables("made", "en"), 1U);
  EXPECT_EQ(count_syllables("table", "en"), 2U);
  EXPECT_EQ(count_syllables("wanted", "en"), 2U);
  EXPECT_EQ(count_syllables("walked", "en"), 1U);
  EXPECT_EQ(count_syllables("beautiful", "en"), 3U);
  EXPECT_EQ(count_syllables("größe", "de"), 2U);
  EXPECT_EQ(count_syllables("mesure", "fr"), 2U);
  EXPECT_EQ(count_syllables("hm", "en"), 1U);
}

}  // namespace
}  // namespace docmill::nlp
