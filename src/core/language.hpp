// Names of languages: ISO 639-1 or -2 as users write them, to the names of Tesseract's models.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

// "en" → {"eng"}, "eng+de" → {"eng", "deu"}, "GER,en" → {"deu", "eng"}: each once, in the order given, because
// Tesseract prefers the first. A name that we do not know may be a model of the user's own and is passed on.
// invalid_option: something that can be no name.
Result<std::vector<std::string>> engine_languages(std::string_view languages);

// invalid_option: one of them (as engine_languages gives them) is the name of no language; with the one that was
// probably meant.
Status check_known_languages(const std::vector<std::string>& models);

// What to say when `directory` has no such model: the Debian package to install, or the name that was probably meant.
Error missing_language(std::string_view model, std::string_view directory);

}  // namespace docmill
