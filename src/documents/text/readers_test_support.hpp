// For tests of the readers: what they made of a file, as text.
#pragma once

#include <string>
#include <string_view>

#include "documents/text/readers.hpp"

namespace docmill {

inline constexpr TextLimits limits;

// The text, or "(code) sentence".
inline std::string text_of(const Result<PlainText>& read) {
  return read ? read->text : "(" + std::string(to_string(read.error().code)) + ") " + read.error().message;
}

// "read", or the code of the error.
inline std::string code_of(const Result<PlainText>& read) {
  return read ? "read" : std::string(to_string(read.error().code));
}

inline std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

}  // namespace docmill
