#include "processors/words/utf8.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstring>

namespace docmill::nlp {
namespace {

// Copies some bytes as one number, with capitals of ASCII made small; `seen` gathers their bits.
template <class Number>
void copy_lower(char* to, const char* from, std::uint64_t& seen) {
  constexpr Number ones = static_cast<Number>(~Number{0}) / 0xFFU;
  Number bytes = 0;
  std::memcpy(&bytes, from, sizeof bytes);
  seen |= bytes;
  // Bit 7 of each sum says whether the byte is at least 'A', or beyond 'Z'; no sum carries into the next byte.
  const Number letters = bytes & ones * 0x7FU;
  const Number is_capital =
      ((letters + ones * (0x80U - 'A')) & ~(letters + ones * (0x7FU - 'Z'))) & ~bytes & ones << 7U;
  bytes |= is_capital >> 2U;
  std::memcpy(to, &bytes, sizeof bytes);
}

}  // namespace

std::uint32_t count_code_points(std::string_view text) {
  // Eight bytes at once: continuation bytes have bit 7 set and bit 6 clear. The product has the sum of all eight ones
  // in its highest byte (processors before 2008 have no instruction that counts bits).
  constexpr std::uint64_t ones = 0x0101010101010101U;
  std::uint64_t continuations = 0;
  std::size_t i = 0;
  for (; i + sizeof(std::uint64_t) <= text.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + i, sizeof bytes);
    continuations += ((bytes >> 7U & ~(bytes >> 6U) & ones) * ones) >> 56U;
  }
  for (; i < text.size(); ++i) continuations += is_continuation(text[i]) ? 1U : 0U;
  return static_cast<std::uint32_t>(text.size() - continuations);
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

bool copy_lower_ascii(char* to, std::string_view word) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  // Several bytes at once, the last ones perhaps twice: words are short.
  const auto size = word.size();
  const char* const from = word.data();
  std::uint64_t seen = 0;
  if (size >= sizeof(std::uint64_t)) {
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) < size; i += sizeof(std::uint64_t))
      copy_lower<std::uint64_t>(to + i, from + i, seen);
    i = size - sizeof(std::uint64_t);
    copy_lower<std::uint64_t>(to + i, from + i, seen);
  } else if (size >= sizeof(std::uint32_t)) {
    const auto rest = size - sizeof(std::uint32_t);
    copy_lower<std::uint32_t>(to, from, seen);
    copy_lower<std::uint32_t>(to + rest, from + rest, seen);
  } else {
    for (std::size_t i = 0; i < size; ++i) copy_lower<std::uint8_t>(to + i, from + i, seen);
  }
  return (seen & high_bits) == 0;
}

bool append_lower(std::string& out, std::string_view word) {
  const auto before = out.size();
  out.resize(before + word.size());
  if (copy_lower_ascii(out.data() + before, word)) return false;
  out.resize(before);
  for (std::size_t i = 0; i < word.size();) {
    append_code_point(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(next_code_point(word, i)))));
  }
  return true;
}

std::uint32_t CodePointCounter::at(std::uint32_t byte) {
  if (is_ascii_) return byte;
  if (byte < byte_) byte_ = code_points_ = 0;
  code_points_ += count_code_points(text_.substr(byte_, byte - byte_));
  byte_ = byte;
  return code_points_;
}

}  // namespace docmill::nlp
