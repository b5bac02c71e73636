// The words of text in alphabets with simple rules, several times as fast as by ICU's tables.
#pragma once

#include <string_view>
#include <vector>

#include "processors/words/segmenter.hpp"

namespace docmill::nlp {

// Appends the words of `chunk`, which has no space, at `offset` in its text, by UAX #29. False, and nothing appended,
// if it has a character that is not ASCII, a Latin, Greek or Cyrillic letter or common punctuation: ICU knows those.
bool fast_words(std::string_view chunk, std::uint32_t offset, std::vector<Word>& found);

}  // namespace docmill::nlp
