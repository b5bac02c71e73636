#include "documents/text/sheet_fractions.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace docmill {
namespace {

using Place = Pieces::const_iterator;

struct Fraction {
  long long above = 0;
  long long below = 1;
};

// Where the marks of digits end that begin at `place`, and where they begin that end there.
Place end_of_digits(Place place, Place end) { return std::find_if_not(place, end, is_digit_mark); }
Place begin_of_digits(Place begin, Place place) {
  while (place != begin && is_digit_mark(*(place - 1))) --place;
  return place;
}

bool is_digit(const Piece& piece) {
  return piece.mark == '0' || (piece.text.size() == 1 && piece.text[0] >= '0' && piece.text[0] <= '9');
}

// The nearest fraction to a number below 1 with so many digits at most below the line.
Fraction nearest_fraction(double number, std::ptrdiff_t digits) {
  constexpr std::ptrdiff_t most_digits = 4;
  const auto most = std::llround(std::pow(10, std::min(digits, most_digits))) - 1;
  Fraction best;
  double least = 2;
  for (long long below = 1; below <= most; ++below) {
    const auto above = std::llround(number * static_cast<double>(below));
    const double error = std::abs(number - static_cast<double>(above) / static_cast<double>(below));
    if (error < least - 1e-12) {
      best = {above, below};
      least = error;
    }
  }
  return best;
}

// A denominator that the code itself has, as in "?/16"; 0: it has marks only. `place` is left behind it.
long long fixed_denominator(Place& place, Place end) {
  std::string digits;
  bool is_fixed = false;
  for (; place != end && is_digit(*place) && digits.size() < 9; ++place) {
    digits += place->mark == '0' ? "0" : place->text;
    is_fixed = is_fixed || place->mark == 0;
  }
  long long value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return is_fixed ? value : 0;
}

std::string text_of(Place begin, Place end) {
  std::string text;
  for (; begin != end; ++begin) text += begin->mark == 0 ? begin->text : "";
  return text;
}

}  // namespace

std::optional<std::string> shown_fraction(double number, const Pieces& pieces) {
  constexpr double most = 1e12;
  const auto is_line = [](const Piece& piece) { return piece.mark == '/'; };
  const auto line = std::find_if(pieces.begin(), pieces.end(), is_line);
  const auto above = begin_of_digits(pieces.begin(), line);
  const auto first = std::find_if(pieces.begin(), pieces.end(), is_digit_mark);
  if (line == pieces.end() || above == line || !(number < most)) return std::nullopt;
  const bool has_whole = first != above;
  long long whole = has_whole ? static_cast<long long>(number) : 0;
  const double rest = number - static_cast<double>(whole);

  auto end = line + 1;
  Fraction fraction;
  if (const auto below = fixed_denominator(end, pieces.end()); below > 0) {
    fraction = {std::llround(rest * static_cast<double>(below)), below};
  } else {
    end = end_of_digits(line + 1, pieces.end());
    if (end == line + 1) return std::nullopt;
    const auto ones = static_cast<long long>(rest);
    fraction = nearest_fraction(rest - static_cast<double>(ones), end - line - 1);
    fraction.above += ones * fraction.below;
  }
  if (has_whole && fraction.above == fraction.below) {
    ++whole;
    fraction.above = 0;
  }
  std::string text = text_of(pieces.begin(), first);
  if (has_whole && (whole > 0 || fraction.above == 0)) text += std::to_string(whole);
  if (has_whole && whole > 0 && fraction.above > 0) text += " ";
  if (!has_whole || fraction.above > 0) text += std::to_string(fraction.above) + "/" + std::to_string(fraction.below);
  return text + text_of(end, pieces.end());
}

}  // namespace docmill
