#include "processors/nlp/text_statistics.hpp"

#include <algorithm>

namespace docmill::nlp {
namespace {

constexpr std::uint32_t letters_of_a_long_word = 7;
constexpr std::uint32_t fewest_words = 30;

struct Sums {
  double words = 0;  // with letters
  double characters = 0;
  double syllables = 0;
  double long_words = 0;
  double monosyllables = 0;
  double polysyllables = 0;  // three or more
};

Sums add_up(const Vocabulary& vocabulary) {
  Sums sums;
  for (const auto& entry : vocabulary.entries()) {
    if (entry.count == 0) continue;
    const double count = entry.count;
    sums.words += count;
    sums.characters += count * entry.length;
    sums.syllables += count * entry.syllables;
    if (entry.length >= letters_of_a_long_word) sums.long_words += count;
    if (entry.syllables == 1) sums.monosyllables += count;
    if (entry.syllables >= 3) sums.polysyllables += count;
  }
  return sums;
}

bool is_alphabetic(std::string_view script) { return script == "Latn" || script == "Cyrl" || script == "Grek"; }

std::vector<Readability> readability_of(const Analysis& analysis, const Sums& sums, double sentences) {
  if (sums.words < fewest_words || sentences == 0 || !is_alphabetic(analysis.script)) return {};
  const double length = sums.words / sentences;
  const double syllables = sums.syllables / sums.words;
  const double long_share = 100 * sums.long_words / sums.words;
  std::vector<Readability> result;
  const auto& language = analysis.language.code;
  if (language == "en") {
    result.push_back({"flesch_reading_ease", 206.835 - 1.015 * length - 84.6 * syllables});
    result.push_back({"flesch_kincaid_grade", 0.39 * length + 11.8 * syllables - 15.59});
  } else if (language == "de") {
    const double polysyllables = 100 * sums.polysyllables / sums.words;
    const double monosyllables = 100 * sums.monosyllables / sums.words;
    result.push_back({"amstad", 180 - length - 58.5 * syllables});
    result.push_back({"wiener_sachtextformel",
                      0.1935 * polysyllables + 0.1672 * length + 0.1297 * long_share - 0.0327 * monosyllables - 0.875});
  } else if (language == "fr") {
    result.push_back({"kandel_moles", 207 - 1.015 * length - 73.6 * syllables});
  } else if (language == "es") {
    result.push_back({"fernandez_huerta", 206.84 - 1.02 * length - 60 * syllables});
  }
  result.push_back({"lix", length + long_share});
  return result;
}

}  // namespace

Statistics measure(const Analysis& analysis) {
  Statistics result;
  const auto sums = add_up(analysis.vocabulary);
  std::vector<bool> stems_used(analysis.vocabulary.stem_count());
  for (const auto& entry : analysis.vocabulary.entries()) {
    if (entry.count == 0) continue;
    ++result.distinct_words;
    result.words_used_once += entry.count == 1 ? 1U : 0U;
    stems_used[entry.stem] = true;
  }
  result.distinct_stems = static_cast<std::uint32_t>(std::count(stems_used.begin(), stems_used.end(), true));
  result.characters = count_code_points(analysis.text);
  result.words = static_cast<std::uint32_t>(analysis.tokens.size());
  result.paragraphs = static_cast<std::uint32_t>(analysis.paragraphs.size());
  result.sentences = static_cast<std::uint32_t>(
      std::count_if(analysis.sentences.begin(), analysis.sentences.end(),
                    [](const Sentence& sentence) { return sentence.tokens.begin < sentence.tokens.end; }));
  if (result.words == 0) return result;
  result.mean_word_length = sums.characters / sums.words;
  result.syllables_a_word = sums.syllables / sums.words;
  result.long_words = sums.long_words / sums.words;
  result.mean_sentence_length = sums.words / std::max(1U, result.sentences);
  result.readability = readability_of(analysis, sums, result.sentences);
  return result;
}

}  // namespace docmill::nlp
