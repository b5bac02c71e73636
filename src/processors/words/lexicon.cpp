#include "processors/words/lexicon.hpp"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <deque>
#include <memory_resource>
#include <string>

#include "core/fnv1a.hpp"
#include "processors/words/stemmer.hpp"
#include "processors/words/stop_words.hpp"
#include "processors/words/utf8.hpp"
#include "processors/words/word_hash.hpp"
#include "processors/words/word_set.hpp"

namespace docmill::nlp {
namespace {

// FNV-1a, then mixed (the finaliser of MurmurHash3): equal on every machine, as signatures are kept and compared.
std::uint64_t stable_hash(std::string_view word) {
  auto hash = fnv1a(word);
  hash = (hash ^ hash >> 33U) * 0xff51afd7ed558ccdU;
  return hash ^ hash >> 33U;
}

// Latin, Greek and Cyrillic end before U+0500.
constexpr auto vowels = [] {
  std::array<bool, 0x500> result{};
  for (const char32_t c : U"aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœōūāēīαεηιουωάέήίόύώϊϋаеёиоуыэюяіїєў") result[c] = c != 0;
  return result;
}();

bool is_vowel(char32_t c) { return c < vowels.size() && vowels[c]; }

// "l'institut" without what French and Italian write in one with it; the stemmers and the lists of function words do
// not know that.
std::string_view without_elision(std::string_view word, std::string_view language) {
  static const auto french = make_word_set("c d j l m n s t qu jusqu lorsqu puisqu");
  static const auto italian = make_word_set("c d l m s t v un all dall dell nell sull quell");
  const auto mark = word.find('\'');
  if (mark == std::string_view::npos || mark + 1 == word.size()) return word;
  const auto before = word.substr(0, mark);
  const bool is_elision =
      (language == "fr" && french.contains(before)) || (language == "it" && italian.contains(before));
  return is_elision ? word.substr(mark + 1) : word;
}

WordFacts find_out(std::string_view word, std::string_view language) {
  const auto core = without_elision(word, language);
  WordFacts facts;
  facts.word = word;
  facts.stem = stem_of(core, language);
  facts.length = count_code_points(word);
  facts.syllables = count_syllables(word, language);
  facts.is_stop_word = is_stop_word(language, word) || is_stop_word(language, core);
  facts.hash = stable_hash(word);
  return facts;
}

// The words of one language.
class Lexicon {
 public:
  explicit Lexicon(std::string_view language) : language_(language) {}

  const std::string& language() const { return language_; }

  const WordFacts& look_up(std::string_view word) {
    if (const auto known = known_.find(word); known != known_.end()) return known->second;
    auto facts = find_out(word, language_);
    if (word.size() > longest_kept) return latest_ = facts;
    if (known_.size() == most_kept) {
      known_.clear();
      strings_.release();
    }
    facts.word = keep(word);
    // Most stems are the beginnings of their words.
    facts.stem = word.starts_with(facts.stem) ? facts.word.substr(0, facts.stem.size()) : keep(facts.stem);
    return known_.emplace(facts.word, facts).first->second;
  }

 private:
  static constexpr std::size_t most_kept = 1U << 16U;
  static constexpr std::size_t longest_kept = 64;  // bytes

  std::string_view keep(std::string_view text) {
    auto* const copy = static_cast<char*>(strings_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  const std::string language_;
  std::pmr::monotonic_buffer_resource strings_;
  boost::unordered_flat_map<std::string_view, WordFacts, WordHash> known_;
  WordFacts latest_;  // of a word that is not kept
};

}  // namespace

const WordFacts& facts_of(std::string_view word, std::string_view language) {
  thread_local std::deque<Lexicon> lexicons;
  for (auto& lexicon : lexicons) {
    if (lexicon.language() == language) return lexicon.look_up(word);
  }
  return lexicons.emplace_back(language).look_up(word);
}

std::uint32_t count_syllables(std::string_view word, std::string_view language) {
  std::uint32_t groups = 0;
  bool in_group = false;
  for (std::size_t i = 0; i < word.size();) {
    const bool vowel = is_vowel(next_code_point(word, i));
    groups += vowel && !in_group ? 1U : 0U;
    in_group = vowel;
  }
  // The silent e of English ("made", "makes" but not "table") and French ("table", "tables").
  const auto ends_with = [&](std::string_view end) { return word.size() > end.size() + 1 && word.ends_with(end); };
  if (groups > 1 && language == "en") {
    const bool consonant_le = ends_with("le") && !is_vowel(static_cast<unsigned char>(word[word.size() - 3]));
    if (ends_with("e") && !consonant_le && !is_vowel(static_cast<unsigned char>(word[word.size() - 2]))) --groups;
    if (ends_with("ed") && !ends_with("ted") && !ends_with("ded") &&
        !is_vowel(static_cast<unsigned char>(word[word.size() - 3]))) {
      --groups;
    }
  } else if (groups > 1 && language == "fr") {
    for (const std::string_view end : {"e", "es", "ent"}) {
      if (ends_with(end) && !is_vowel(static_cast<unsigned char>(word[word.size() - end.size() - 1]))) {
        --groups;
        break;
      }
    }
  }
  return groups == 0 ? 1 : groups;
}

}  // namespace docmill::nlp
