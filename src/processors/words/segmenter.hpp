// Segmenter: where sentences and words begin and end, by the rules of Unicode (UAX #29) as ICU has them, and what those
// rules cannot know: abbreviations.
//
// Not thread-safe: it keeps buffers. Making one loads ICU's rules, some milliseconds.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "processors/words/utf8.hpp"

namespace docmill::nlp {

enum class WordKind : std::uint8_t {
  letters,  // at least one of them
  number,
};

struct Word {
  Span span;
  WordKind kind = WordKind::letters;
  bool operator==(const Word&) const = default;
};

class Segmenter {
 public:
  // SystemError (misconfigured): ICU has no rules, as its data are missing.
  Segmenter();
  ~Segmenter();
  Segmenter(const Segmenter&) = delete;
  Segmenter& operator=(const Segmenter&) = delete;

  // Appends the words of the paragraph: what UAX #29 calls words, without the pieces that are only punctuation or
  // space. Chinese, Japanese, Thai and others that write without spaces are cut by ICU's dictionaries.
  void words(std::string_view text, Span paragraph, std::vector<Word>& found);

  // Appends the sentences of the paragraph, without space around them. `language`: ISO 639-1, for the abbreviations.
  void sentences(std::string_view text, Span paragraph, std::string_view language, std::vector<Span>& found);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace docmill::nlp
