// Vocabulary: the different words of a text, each looked up, stemmed and measured once however often it is used.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace docmill::nlp {

using WordId = std::uint32_t;

// One word of one language, in lower case.
struct WordEntry {
  std::string_view word;
  std::uint32_t stem = 0;  // the same for all words with this stem, in any language; 0, 1, 2 …
  std::uint32_t count = 0;
  std::uint32_t length = 0;  // code points
  std::uint32_t syllables = 0;
  bool is_stop_word = false;
  std::uint64_t hash = 0;  // of the word alone: the same in every document
};

class Vocabulary {
 public:
  Vocabulary();
  ~Vocabulary();
  Vocabulary(Vocabulary&&) noexcept;
  Vocabulary& operator=(Vocabulary&&) noexcept;

  // The word as it stands in the text, in any case. `language`: ISO 639-1; decides stem, syllables and function words.
  WordId find_or_add(std::string_view word, std::string_view language);

  const WordEntry& entry(WordId word) const { return entries_[word]; }
  std::string_view stem(WordId word) const;
  std::size_t stem_count() const;
  const std::vector<WordEntry>& entries() const { return entries_; }
  void count(WordId word) { ++entries_[word].count; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::vector<WordEntry> entries_;
};

}  // namespace docmill::nlp
