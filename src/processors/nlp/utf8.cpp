#include "processors/nlp/utf8.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace docmill::nlp {

std::uint32_t count_code_points(std::string_view text) {
  // Compilers make vector code of this.
  return static_cast<std::uint32_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

char32_t next_code_point(std::string_view text, std::size_t& position) {
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(reinterpret_cast<const std::uint8_t*>(text.data()), position, text.size(), c);
  return static_cast<char32_t>(c);
}

void append_code_point(std::string& out, char32_t code_point) {
  char bytes[U8_MAX_LENGTH];
  int length = 0;
  U8_APPEND_UNSAFE(bytes, length, code_point);
  out.append(bytes, static_cast<std::size_t>(length));
}

void append_lower(std::string& out, std::string_view word) {
  for (std::size_t i = 0; i < word.size();) {
    if (static_cast<unsigned char>(word[i]) < 0x80) {
      const char c = word[i++];
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    } else {
      append_code_point(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(next_code_point(word, i)))));
    }
  }
}

std::uint32_t CodePointCounter::at(std::uint32_t byte) {
  if (byte < byte_) byte_ = code_points_ = 0;
  code_points_ += count_code_points(text_.substr(byte_, byte - byte_));
  byte_ = byte;
  return code_points_;
}

}  // namespace docmill::nlp
