// The two things that every text output needs: numbers without noise and text that is valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace docmill {

// Appends `value`, rounded to `decimals` (0 … 6) places, in the shortest plain notation: 12.5, 0.001, 300; never an
// exponent. Not a number, infinite or beyond ±1e15: 0, because no format that we write can say it.
void append_number(std::string& out, double value, int decimals);

// `text` with every ill-formed UTF-8 sequence replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace docmill
