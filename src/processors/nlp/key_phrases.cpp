#include "processors/nlp/key_phrases.hpp"

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>

#include "processors/words/stop_words.hpp"

namespace docmill::nlp {
namespace {

constexpr std::uint32_t longest_phrase = 4;

// A run of content words, as stems; unused places are filled with no_stem.
using Stems = std::array<std::uint32_t, longest_phrase>;

struct StemsHash {
  std::size_t operator()(const Stems& stems) const {
    std::uint64_t hash = 0;
    for (const auto stem : stems) hash = (hash ^ stem) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 32U;
  }
};

struct Candidate {
  Span span;
  std::uint32_t count = 0;
};

struct StemScore {
  std::uint32_t frequency = 0;
  std::uint32_t degree = 0;
};

// Words belong together if only a space, a line's end or a hyphen parts them, or nothing, where no spaces are written.
bool is_joined(std::string_view text, const Token& a, const Token& b) {
  if (b.span.begin == a.span.end) return true;
  if (b.span.begin - a.span.end != 1) return false;
  const char between = text[a.span.end];
  return between == ' ' || between == '\n' || between == '-';
}

class Rake {
 public:
  Rake(const Analysis& analysis, const ContentStems& content)
      : analysis_(analysis), content_(content), scores_(analysis.vocabulary.stem_count()) {}

  void collect() {
    for (const auto& sentence : analysis_.sentences) {
      auto i = sentence.tokens.begin;
      while (i < sentence.tokens.end) {
        if (!is_content(i)) {
          ++i;
          continue;
        }
        const auto begin = i++;
        while (i < sentence.tokens.end && is_content(i) &&
               is_joined(analysis_.text, analysis_.tokens[i - 1], analysis_.tokens[i])) {
          ++i;
        }
        add(begin, i);
      }
    }
  }

  std::vector<KeyPhrase> best(std::size_t most) const {
    std::vector<KeyPhrase> phrases;
    phrases.reserve(candidates_.size());
    for (const auto& [stems, candidate] : candidates_) {
      double sum = 0;
      double length = 0;
      for (const auto stem : stems) {
        if (stem == no_stem) break;
        sum += static_cast<double>(scores_[stem].degree) / scores_[stem].frequency;
        ++length;
      }
      phrases.push_back({candidate.span, sum / length * (1 + std::log2(candidate.count)), candidate.count});
    }
    const auto end = phrases.begin() + static_cast<std::ptrdiff_t>(std::min(most, phrases.size()));
    // Of equals the earlier: the answer must not depend on the order of a hash table.
    std::partial_sort(phrases.begin(), end, phrases.end(), [](const KeyPhrase& a, const KeyPhrase& b) {
      return a.score != b.score ? a.score > b.score : a.span < b.span;
    });
    phrases.erase(end, phrases.end());
    return phrases;
  }

 private:
  bool is_content(std::uint32_t token) const { return content_[analysis_.tokens[token].word] != no_stem; }

  void add(std::uint32_t begin, std::uint32_t end) {
    const auto length = end - begin;
    Stems stems;
    stems.fill(no_stem);
    for (auto i = begin; i < end; ++i) {
      const auto stem = content_[analysis_.tokens[i].word];
      ++scores_[stem].frequency;
      scores_[stem].degree += std::min(length, longest_phrase);
      if (length <= longest_phrase) stems[i - begin] = stem;
    }
    if (length > longest_phrase) return;
    auto& candidate = candidates_[stems];
    if (++candidate.count == 1)
      candidate.span = {analysis_.tokens[begin].span.begin, analysis_.tokens[end - 1].span.end};
  }

  const Analysis& analysis_;
  const ContentStems& content_;
  std::vector<StemScore> scores_;
  boost::unordered_flat_map<Stems, Candidate, StemsHash> candidates_;
};

bool is_hiragana(std::string_view word) {
  for (std::size_t i = 0; i < word.size();) {
    const auto c = next_code_point(word, i);
    if (c < 0x3041 || c > 0x309F) return false;
  }
  return true;
}

// A single letter, or a single character of Chinese and Japanese, of which most are particles; and words in hiragana,
// in which Japanese writes particles and endings.
bool is_too_small(const WordEntry& entry) { return entry.length == 1 || is_hiragana(entry.word); }

// Where no list of function words is known: in alphabets they are short, and frequent.
bool may_be_function_word(const WordEntry& entry, std::size_t tokens) {
  constexpr char32_t first_beyond_alphabets = 0x0E00;  // Thai, Korean: two characters are a word of any kind
  std::size_t first = 0;
  if (entry.length <= 2 && next_code_point(entry.word, first) < first_beyond_alphabets) return true;
  return entry.length <= 4 && entry.count > 1 && entry.count * 100 >= tokens;
}

}  // namespace

ContentStems content_stems(const Analysis& analysis) {
  const bool knows_function_words = has_stop_words(analysis.language.code);
  ContentStems result(analysis.vocabulary.entries().size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto& entry = analysis.vocabulary.entries()[i];
    const bool is_function_word =
        entry.is_stop_word || (!knows_function_words && may_be_function_word(entry, analysis.tokens.size()));
    result[i] = is_function_word || is_too_small(entry) ? no_stem : entry.stem;
  }
  for (const auto& token : analysis.tokens) {
    if (token.kind == WordKind::number) result[token.word] = no_stem;
  }
  return result;
}

std::vector<KeyPhrase> find_key_phrases(const Analysis& analysis, const ContentStems& content, std::size_t most) {
  if (most == 0) return {};
  Rake rake(analysis, content);
  rake.collect();
  return rake.best(most);
}

}  // namespace docmill::nlp
