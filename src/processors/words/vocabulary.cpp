#include "processors/words/vocabulary.hpp"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <deque>
#include <memory_resource>
#include <utility>

#include "processors/words/stemmer.hpp"
#include "processors/words/stop_words.hpp"
#include "processors/words/utf8.hpp"

namespace docmill::nlp {
namespace {

using Index = boost::unordered_flat_map<std::string_view, std::uint32_t>;

// What belongs to one language.
struct LanguageTable {
  std::string code;
  Index words;
};

// FNV-1a, then mixed (the finaliser of MurmurHash3): equal on every machine, as signatures are kept and compared.
std::uint64_t stable_hash(std::string_view word) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  hash = (hash ^ hash >> 33U) * 0xff51afd7ed558ccdU;
  return hash ^ hash >> 33U;
}

// "don’t" is "don't": stemmers and lists know the plain apostrophe.
void make_apostrophes_plain(std::string& word) {
  for (auto at = word.find("’"); at != std::string::npos; at = word.find("’", at)) word.replace(at, 3, "'");
}

// Latin, Greek and Cyrillic end before U+0500.
constexpr auto vowels = [] {
  std::array<bool, 0x500> result{};
  for (const char32_t c : U"aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœōūāēīαεηιουωάέήίόύώϊϋаеёиоуыэюяіїєў") result[c] = c != 0;
  return result;
}();

bool is_vowel(char32_t c) { return c < vowels.size() && vowels[c]; }

}  // namespace

struct Vocabulary::Impl {
  std::pmr::monotonic_buffer_resource strings{16U << 10U};  // what the views point to
  std::deque<LanguageTable> tables;
  LanguageTable* last_table = nullptr;
  Index stems;
  std::vector<std::string_view> stem_texts;
  std::string lower;

  std::string_view keep(std::string_view text) {
    auto* const copy = static_cast<char*>(strings.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

  LanguageTable& table_of(std::string_view language) {
    if (last_table != nullptr && last_table->code == language) return *last_table;
    for (auto& table : tables) {
      if (table.code == language) return *(last_table = &table);
    }
    auto& table = tables.emplace_back();
    table.code = language;
    table.words.reserve(1024);  // some pages
    return *(last_table = &table);
  }

  std::uint32_t add_stem(std::string_view language, std::string_view word) {
    const auto stem = stem_of(word, language);
    if (const auto known = stems.find(stem); known != stems.end()) return known->second;
    const auto id = static_cast<std::uint32_t>(stem_texts.size());
    stem_texts.push_back(word.starts_with(stem) ? word.substr(0, stem.size()) : keep(stem));
    stems.emplace(stem_texts.back(), id);
    return id;
  }
};

Vocabulary::Vocabulary() : impl_(std::make_unique<Impl>()) {}
Vocabulary::~Vocabulary() = default;
Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;

WordId Vocabulary::find_or_add(std::string_view word, std::string_view language) {
  auto& lower = impl_->lower;
  lower.clear();
  if (append_lower(lower, word)) make_apostrophes_plain(lower);
  auto& table = impl_->table_of(language);
  if (const auto known = table.words.find(lower); known != table.words.end()) return known->second;
  WordEntry entry;
  entry.word = impl_->keep(lower);
  entry.stem = impl_->add_stem(language, entry.word);
  entry.length = count_code_points(entry.word);
  entry.syllables = count_syllables(entry.word, language);
  entry.is_stop_word = nlp::is_stop_word(language, entry.word);
  entry.hash = stable_hash(entry.word);
  const auto id = static_cast<WordId>(entries_.size());
  table.words.emplace(entry.word, id);
  entries_.push_back(entry);
  return id;
}

std::string_view Vocabulary::stem(WordId word) const { return impl_->stem_texts[entries_[word].stem]; }

std::size_t Vocabulary::stem_count() const { return impl_->stem_texts.size(); }

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
