// What language a text is in, and what script: by fastText's model where one is installed, else by
// CLD2, helped where it dares not say.
//
// Scripts that one language uses decide alone. Then the model, where it is sure (mixed texts are CLD2's), and CLD2;
// where it does not know (short texts) the function words do. Thread-safe: no state but tables and the model, which is
// read by the first guess.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace docmill::nlp {

struct LanguageGuess {
  std::string code = "und";  // ISO 639-1 where there is one, else 639-3; with script where that is told ("zh-Hant")
  double confidence = 0;     // 0 … 1, rough: the share of the text that supports it
  bool is_reliable = false;  // by the judgement of who made the guess
};

// `text`: valid UTF-8; what is more than `most` bytes is not looked at.
LanguageGuess guess_language(std::string_view text, std::size_t most = 4096);

// The language of most of a document, by pieces from its whole length.
LanguageGuess guess_document_language(std::string_view text);

// Why the installed model (core/model_file.hpp) is not used: it cannot be read. Ok: it is used, or there is none.
Status installed_language_model();

// CLD2's answer alone, for comparison.
LanguageGuess guess_language_by_cld2(std::string_view text);

// The script of most letters of the first `most` bytes, ISO 15924: "Latn", "Cyrl"; "Zyyy" where there are no letters.
std::string script_of(std::string_view text, std::size_t most = 1024);

}  // namespace docmill::nlp
