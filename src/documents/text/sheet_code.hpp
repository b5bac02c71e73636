// The code of a format of spreadsheets (ISO/IEC 29500-1, 18.8.31), taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docmill {

// A piece of a section of a code: what is written as it is, or one mark.
struct Piece {
  std::string text;  // of the mark E: the sign that it asks for
  char mark = 0;     // 0: none. One of 0 # ? . , % / E
};
using Pieces = std::vector<Piece>;

// 0, # or ?: a digit stands here.
inline bool is_digit_mark(const Piece& piece) { return piece.mark == '0' || piece.mark == '#' || piece.mark == '?'; }

// The section of a code up to its semicolon; `code` is left behind it. nullopt: it says what is not known here.
std::optional<Pieces> next_section(std::string_view& code);

}  // namespace docmill
