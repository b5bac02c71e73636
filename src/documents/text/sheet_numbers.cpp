#include "documents/text/sheet_numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

namespace docmill {
namespace {

constexpr std::string_view digit_marks = "0#?";
constexpr std::size_t most_decimals = 15;  // a double has no more

std::optional<double> number_of(std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// A piece of a section of a code: what is written as it is, or (empty text) one mark.
struct Piece {
  std::string text;
  char mark = 0;
};

// "[$€-407]" is the currency, then a language; "[Red]" a color. Others are conditions: nullopt.
std::optional<std::string> bracket_text(std::string_view content) {
  if (content.starts_with('$')) return std::string(content.substr(1, content.find('-') - 1));
  if (content.find_first_of("<>=") != std::string_view::npos) return std::nullopt;
  return std::string();
}

// The section of a code as pieces; `code` is left behind its end. nullopt: it says what is not known here.
std::optional<std::vector<Piece>> next_section(std::string_view& code) {
  std::vector<Piece> pieces;
  while (!code.empty() && code[0] != ';') {
    const char c = code[0];
    std::size_t used = 1;
    if (c == '"') {
      const auto end = std::min(code.find('"', 1), code.size());
      pieces.push_back({.text = std::string(code.substr(1, end - 1))});
      used = std::min(end + 1, code.size());
    } else if (c == '[') {
      const auto end = std::min(code.find(']'), code.size());
      auto text = bracket_text(code.substr(1, end - 1));
      if (!text) return std::nullopt;
      pieces.push_back({.text = std::move(*text)});
      used = std::min(end + 1, code.size());
    } else if (c == '\\' || c == '_' || c == '*') {  // a character as it is, room as wide as one, one to fill up with
      if (c == '\\' && code.size() > 1) pieces.push_back({.text = std::string(1, code[1])});
      if (c == '_') pieces.push_back({.text = " "});
      used = std::min<std::size_t>(2, code.size());
    } else if (digit_marks.find(c) != std::string_view::npos || c == '.' || c == ',' || c == '%') {
      pieces.push_back({.text = {}, .mark = c});
    } else if (std::string_view("/@EeGg").find(c) != std::string_view::npos) {  // fractions, texts, powers, "General"
      return std::nullopt;
    } else {
      pieces.push_back({.text = std::string(1, c)});
    }
    code.remove_prefix(used);
  }
  if (!code.empty()) code.remove_prefix(1);
  return pieces;
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

bool is_digit_mark(const Piece& piece) { return piece.mark != 0 && digit_marks.find(piece.mark) != std::string::npos; }

std::optional<Layout> layout_of(const std::vector<Piece>& pieces) {
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
    if (piece->mark == '%') return std::nullopt;
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

// nullopt: not known here.
std::optional<std::string> shown(double number, const std::vector<Piece>& pieces) {
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
  return trimmed(text);
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
  std::vector<std::vector<Piece>> sections;
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
