#include "processors/words/vocabulary.hpp"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <deque>
#include <memory_resource>
#include <utility>

#include "processors/words/lexicon.hpp"
#include "processors/words/utf8.hpp"
#include "processors/words/word_hash.hpp"

namespace docmill::nlp {
namespace {

using Index = boost::unordered_flat_map<std::string_view, std::uint32_t, WordHash>;

// What belongs to one language.
struct LanguageTable {
  std::string code;
  Index words;
};

// "don’t" is "don't": stemmers and lists know the plain apostrophe.
void make_apostrophes_plain(std::string& word) {
  for (auto at = word.find("’"); at != std::string::npos; at = word.find("’", at)) word.replace(at, 3, "'");
}

}  // namespace

struct Vocabulary::Impl {
  std::pmr::monotonic_buffer_resource strings{16U << 10U};  // what the views point to
  std::deque<LanguageTable> tables;
  LanguageTable* last_table = nullptr;
  Index stems;
  std::vector<std::string_view> stem_texts;
  std::string longer;

  std::string_view lower(std::string_view word) {
    longer.clear();
    if (append_lower(longer, word)) make_apostrophes_plain(longer);
    return longer;
  }

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

  // `word`: kept.
  std::uint32_t add_stem(std::string_view word, std::string_view stem) {
    if (const auto known = stems.find(stem); known != stems.end()) return known->second;
    const auto id = static_cast<std::uint32_t>(stem_texts.size());
    stem_texts.push_back(word.starts_with(stem) ? word.substr(0, stem.size()) : keep(stem));
    stems.emplace(stem_texts.back(), id);
    return id;
  }
};

Vocabulary::Vocabulary() : impl_(std::make_unique<Impl>()) {
  constexpr std::size_t some_pages = 1024;
  entries_.reserve(some_pages);
  impl_->stems.reserve(some_pages);
  impl_->stem_texts.reserve(some_pages);
}
Vocabulary::~Vocabulary() = default;
Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;

WordId Vocabulary::find_or_add(std::string_view word, std::string_view language) {
  std::array<char, 32> small;
  const bool is_small = word.size() <= small.size() && copy_lower_ascii(small.data(), word);
  const auto lower = is_small ? std::string_view(small.data(), word.size()) : impl_->lower(word);
  auto& table = impl_->table_of(language);
  if (const auto known = table.words.find(lower); known != table.words.end()) return known->second;
  const auto& facts = facts_of(lower, language);
  WordEntry entry;
  entry.word = impl_->keep(lower);
  entry.stem = impl_->add_stem(entry.word, facts.stem);
  entry.length = facts.length;
  entry.syllables = facts.syllables;
  entry.is_stop_word = facts.is_stop_word;
  entry.hash = facts.hash;
  const auto id = static_cast<WordId>(entries_.size());
  table.words.emplace(entry.word, id);
  entries_.push_back(entry);
  return id;
}

std::string_view Vocabulary::stem(WordId word) const { return impl_->stem_texts[entries_[word].stem]; }

std::size_t Vocabulary::stem_count() const { return impl_->stem_texts.size(); }

}  // namespace docmill::nlp
