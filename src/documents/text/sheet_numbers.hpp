// Numbers in spreadsheets as their cells show them (ISO/IEC 29500-1, 18.8.31): "$1,599.99", "2.5%", "(3)", "2 3/8",
// "1.50E+03".
#pragma once

#include <string>
#include <string_view>

namespace docmill {

// All digits of a double as spreadsheets show them without a format: 15, which are what was typed. What is no number is
// given back as it is.
std::string plain_number(std::string_view value);

// `value` in a format's code, in the English manner in which codes are kept. plain_number where the code is "General",
// or says what is not known here (conditions).
std::string shown_number(std::string_view value, std::string_view code);

}  // namespace docmill
