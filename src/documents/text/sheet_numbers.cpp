#include "documents/text/sheet_numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "documents/text/sheet_code.hpp"
#include "documents/text/sheet_fractions.hpp"

namespace docmill {
namespace {

constexpr std::size_t most_decimals = 15;  // a double has no more

std::optional<double> number_of(std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// What the marks of a section ask for.
struct Layout {
  std::size_t first = 0;  // the first mark of a digit and the one behind the last: the number stands here
  std::size_t last = 0;
  int whole_digits = 0;   // at least
  int decimals = 0;       // at most
  int kept_decimals = 0;  // at least
  bool has_thousands = false;
  double scale = 1;
};

std::optional<Layout> layout_of(const Pieces& pieces) {
  Layout layout;
  const auto first = std::find_if(pieces.begin(), pieces.end(), is_digit_mark);
  if (first == pieces.end()) return std::nullopt;
  const auto last = std::find_if(pieces.rbegin(), pieces.rend(), is_digit_mark).base();
  layout.first = static_cast<std::size_t>(first - pieces.begin());
  layout.last = static_cast<std::size_t>(last - pieces.begin());
  bool is_behind_point = false;
  for (auto piece = first; piece != last; ++piece) {
    // Digits with text between them ("000-00-0000") are not laid out here.
    if (piece->mark == 0 && !piece->text.empty()) return std::nullopt;
    if (piece->mark == '%' || piece->mark == '/') return std::nullopt;
    if (piece->mark == ',') layout.has_thousands = true;
    if (piece->mark == '.') is_behind_point = true;
    if (!is_digit_mark(*piece)) continue;
    if (!is_behind_point) {
      layout.whole_digits += piece->mark == '0' ? 1 : 0;
    } else {
      ++layout.decimals;
      if (piece->mark == '0') layout.kept_decimals = layout.decimals;
    }
  }
  // Commas behind the last digit divide by a thousand each.
  auto behind = last;
  for (; behind != pieces.end() && behind->mark == ','; ++behind) layout.scale /= 1000;
  layout.last = static_cast<std::size_t>(behind - pieces.begin());
  for (const auto& piece : pieces) layout.scale *= piece.mark == '%' ? 100 : 1;
  return layout;
}

std::string with_thousands(const std::string& digits) {
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

// `number` is not negative.
std::string laid_out(double number, const Layout& layout) {
  constexpr double most = 1e15;  // beyond it not all digits are known
  const double scaled = number * layout.scale;
  const int decimals = std::min(layout.decimals, static_cast<int>(most_decimals));
  if (!(scaled < most)) return {};
  std::array<char, 64> text{};
  // The 15 digits that were typed are rounded, as spreadsheets do: 1.005 is 1.01 with two decimals.
  std::snprintf(text.data(), text.size(), "%.15g", scaled);
  const auto typed = number_of(text.data()).value_or(scaled);
  const double step = std::pow(10.0, decimals);
  const double rounded = typed * step < most ? std::round(typed * step * (1 + 1e-15)) / step : typed;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, rounded);
  std::string digits(text.data());
  const auto point = std::min(digits.find('.'), digits.size());
  std::string whole = digits.substr(0, point);
  std::string fraction = point < digits.size() ? digits.substr(point + 1) : "";
  while (static_cast<int>(fraction.size()) > layout.kept_decimals && fraction.ends_with('0')) fraction.pop_back();
  if (whole == "0" && layout.whole_digits == 0) whole.clear();
  if (static_cast<int>(whole.size()) < layout.whole_digits) {
    whole.insert(0, static_cast<std::size_t>(layout.whole_digits) - whole.size(), '0');
  }
  if (layout.has_thousands) whole = with_thousands(whole);
  return fraction.empty() ? whole : whole + "." + fraction;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// In digits. nullopt: not known here.
std::optional<std::string> shown_plainly(double number, const Pieces& pieces) {
  std::string text;
  const auto layout = layout_of(pieces);
  const bool has_marks = std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.mark != 0; });
  if (!layout && has_marks) return std::nullopt;
  const auto digits = layout ? laid_out(number, *layout) : std::string();
  if (layout && digits.empty() && number != 0) return std::nullopt;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (layout && i == layout->first) text += digits;
    if (layout && i >= layout->first && i < layout->last) continue;
    if (pieces[i].mark == '%') text += '%';
    if (pieces[i].mark == '.' || pieces[i].mark == ',') text += pieces[i].mark;
    text += pieces[i].text;
  }
  return text;
}

// The power of ten below a number, and what it is multiplied with.
struct Power {
  double factor = 0;
  int exponent = 0;
};

// `step`: of the exponent, three where it is thousands, millions, …; `decimals`: to which the factor will be rounded,
// for 9.996 with two is 1.00 times ten.
Power power_of(double number, int step, int decimals) {
  if (number == 0) return {};
  const auto below = [&](int exponent) {
    return static_cast<int>(std::floor(static_cast<double>(exponent) / step)) * step;
  };
  const auto over = [&](int exponent) {  // long double: 1e-310 has no reciprocal among doubles
    return static_cast<double>(static_cast<long double>(number) / std::pow(10.0L, exponent));
  };
  int exponent = below(static_cast<int>(std::floor(std::log10(number))));
  const double unit = std::pow(10.0, decimals);
  if (std::round(over(exponent) * unit) / unit >= std::pow(10.0, step)) exponent += step;
  return {over(exponent), exponent};
}

// With a power of ten, in a section with the mark E.
std::optional<std::string> shown_power(double number, const Pieces& pieces) {
  const auto mark = std::find_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.mark == 'E'; });
  const Pieces factor_pieces(pieces.begin(), mark);
  const auto layout = layout_of(factor_pieces);
  if (!layout) return std::nullopt;
  const auto point = std::find_if(pieces.begin(), mark, [](const Piece& piece) { return piece.mark == '.'; });
  const auto step = std::max(1, static_cast<int>(std::count_if(pieces.begin(), point, is_digit_mark)));
  const auto power = power_of(number, step, std::min(layout->decimals, static_cast<int>(most_decimals)));
  auto factor = shown_plainly(power.factor, factor_pieces);
  if (!factor) return std::nullopt;
  const auto end = std::find_if_not(mark + 1, pieces.end(), is_digit_mark);
  auto digits = std::to_string(std::abs(power.exponent));
  const auto least = static_cast<std::size_t>(end - mark - 1);
  if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
  const std::string sign = power.exponent < 0 ? "-" : mark->text == "+" ? "+" : "";
  std::string text = *factor + "E" + sign + digits;
  for (auto piece = end; piece != pieces.end(); ++piece) text += piece->mark == 0 ? piece->text : "";
  return text;
}

// nullopt: not known here.
std::optional<std::string> shown(double number, const Pieces& pieces) {
  const auto has = [&](char mark) {
    return std::any_of(pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.mark == mark; });
  };
  auto text = has('E')   ? shown_power(number, pieces)
              : has('/') ? shown_fraction(number, pieces)
                         : shown_plainly(number, pieces);
  if (text) text = trimmed(*text);
  return text;
}

}  // namespace

std::string plain_number(std::string_view value) {
  const auto number = number_of(value);
  const bool is_whole = value.find_first_of(".eE") == std::string_view::npos;
  if (is_whole || !number) return std::string(value);
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), *number, std::chars_format::general, 15);
  return {text.data(), written.ptr};
}

// A code has up to three sections for numbers: positive ones and zero; negative ones, which bring their own sign; zero.
std::string shown_number(std::string_view value, std::string_view code) {
  const auto number = number_of(value);
  if (!number || code.empty()) return plain_number(value);
  std::vector<Pieces> sections;
  while (!code.empty() && sections.size() < 3) {
    auto section = next_section(code);
    if (!section) return plain_number(value);
    sections.push_back(std::move(*section));
  }
  const bool has_own_sign = sections.size() > 1 && *number < 0;
  const auto& section = has_own_sign ? sections[1] : sections.size() > 2 && *number == 0 ? sections[2] : sections[0];
  auto text = shown(std::abs(*number), section);
  if (!text) return plain_number(value);
  if (text->empty()) return {};  // ";;;" hides what is in the cell
  return *number < 0 && !has_own_sign ? "-" + *text : *text;
}

}  // namespace docmill
