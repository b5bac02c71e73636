// Function words ("the", "und"): what a text is not about.
#pragma once

#include <array>
#include <string_view>

namespace docmill::nlp {

// Languages that their function words tell from all others here; the other lists have neighbours without one.
inline constexpr std::array<std::string_view, 7> languages_told_by_stop_words{"en", "de", "fr", "es", "it", "nl", "pt"};

// Whether function words of this language (ISO 639-1) are known: those above, and ru pl sv da no zh ja.
bool has_stop_words(std::string_view language);

// `word` in lower case. False for a language that is not known.
bool is_stop_word(std::string_view language, std::string_view word);

}  // namespace docmill::nlp
