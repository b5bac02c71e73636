// Stems of words by the rules of Snowball, for the languages that it has.
#pragma once

#include <string_view>

namespace docmill::nlp {

// The stem of a word in lower case, or the word itself: no rules for the language. `language`: ISO 639-1. Valid until
// the next call in this thread.
std::string_view stem_of(std::string_view word, std::string_view language);

}  // namespace docmill::nlp
