// Function words ("the", "und"): what a text is not about.
#pragma once

#include <string_view>

namespace docmill::nlp {

// Whether function words of this language (ISO 639-1) are known: en de fr es it nl pt.
bool has_stop_words(std::string_view language);

// `word` in lower case. False for a language that is not known.
bool is_stop_word(std::string_view language, std::string_view word);

}  // namespace docmill::nlp
