// UTF-8 text by bytes and by code points. Inside the stage every position is a byte; what leaves it is a code point.
// All functions want valid UTF-8 (documents/text_format.hpp makes it so).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace docmill::nlp {

// A piece of a text, in bytes; end is past the last one.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
  std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
  auto operator<=>(const Span&) const = default;
};

std::uint32_t count_code_points(std::string_view text);

// The code point at `position`, which is moved behind it.
char32_t next_code_point(std::string_view text, std::size_t& position);

void append_code_point(std::string& out, char32_t code_point);

// Writes `word` in lower case to `to`, which has room for it and is not part of it. False: the word has more than
// ASCII, and what was written is worth nothing.
bool copy_lower_ascii(char* to, std::string_view word);

// Appends `word` in lower case, character by character, without regard to a language. True: it has more than ASCII.
bool append_lower(std::string& out, std::string_view word);

inline bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }
inline bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// From byte positions to code points, for positions that mostly ascend: each byte is then looked at once. Going back
// starts again at the beginning.
class CodePointCounter {
 public:
  // `code_points`: how many the text has.
  CodePointCounter(std::string_view text, std::uint32_t code_points)
      : text_(text), is_ascii_(code_points == text.size()) {}
  std::uint32_t at(std::uint32_t byte);

 private:
  std::string_view text_;
  bool is_ascii_;
  std::uint32_t byte_ = 0;
  std::uint32_t code_points_ = 0;
};

}  // namespace docmill::nlp
