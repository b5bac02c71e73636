#include "documents/text/sheet_code.hpp"

#include <algorithm>

namespace docmill {
namespace {

// "[$€-407]" is the currency, then a language; "[Red]" a color. Others are conditions: nullopt.
std::optional<std::string> bracket_text(std::string_view content) {
  if (content.starts_with('$')) return std::string(content.substr(1, content.find('-') - 1));
  if (content.find_first_of("<>=") != std::string_view::npos) return std::nullopt;
  return std::string();
}

}  // namespace

std::optional<Pieces> next_section(std::string_view& code) {
  Pieces pieces;
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
    } else if (std::string_view("0#?.,%/").find(c) != std::string_view::npos) {
      pieces.push_back({.text = {}, .mark = c});
    } else if ((c == 'E' || c == 'e') && code.size() > 1 && (code[1] == '+' || code[1] == '-')) {
      pieces.push_back({.text = std::string(1, code[1]), .mark = 'E'});
      used = 2;
    } else if (std::string_view("@EeGg").find(c) != std::string_view::npos) {  // texts, years, "General"
      return std::nullopt;
    } else {
      pieces.push_back({.text = std::string(1, c)});
    }
    code.remove_prefix(used);
  }
  if (!code.empty()) code.remove_prefix(1);
  return pieces;
}

}  // namespace docmill
