// What is true of a word of a language in every document, remembered from one document to the next: most of the next
// one's words are the same.
#pragma once

#include <cstdint>
#include <string_view>

namespace docmill::nlp {

struct WordFacts {
  std::string_view word;
  std::string_view stem;
  std::uint32_t length = 0;  // code points
  std::uint32_t syllables = 0;
  bool is_stop_word = false;
  std::uint64_t hash = 0;  // equal on every machine: signatures are made of it, which are kept and compared
};

// `word`: in lower case. `language`: ISO 639-1. Valid until the next call in this thread, which keeps at most 64 Ki
// words for each language, about 6 MiB.
const WordFacts& facts_of(std::string_view word, std::string_view language);

// Syllables of a word in lower case, by groups of vowels; exact in most words of Romance languages and German,
// approximate in English. At least 1.
std::uint32_t count_syllables(std::string_view word, std::string_view language);

}  // namespace docmill::nlp
