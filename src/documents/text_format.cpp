#include "documents/text_format.hpp"

#include <algorithm>
#include <array>
#include <boost/nowide/utf/convert.hpp>
#include <charconv>
#include <cmath>

namespace docmill {

void append_number(std::string& out, double value, int decimals) {
  constexpr std::array scales{1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
  const double scale = scales.at(static_cast<std::size_t>(decimals));
  const double rounded = std::abs(value) < 1e15 ? std::round(value * scale) / scale : 0.0;
  std::array<char, 32> digits{};
  // Adding 0.0 turns -0 into 0.
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), rounded + 0.0, std::chars_format::fixed);
  out.append(digits.data(), end.ptr);
}

std::string valid_utf8(std::string_view text) {
  const bool is_ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
  if (is_ascii) return std::string(text);
  return boost::nowide::utf::convert_string<char>(text.data(), text.data() + text.size());
}

}  // namespace docmill
