#include "processors/ocr/render_xml.hpp"

#include "documents/text_format.hpp"

namespace docmill::ocr {
namespace {

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\t':
    case '\n':
    case '\r':
      out += ' ';
      return;
    default:
      if (c >= ' ') out += c;
  }
}

}  // namespace

void append_xml(std::string& out, std::string_view text) {
  const auto valid = valid_utf8(text);
  const std::string_view rest(valid);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (static_cast<signed char>(rest[i]) >= 0) {
      append_ascii(out, rest[i]);
    } else if (const auto three = rest.substr(i, 3); three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      i += 2;  // U+FFFE and U+FFFF are well-formed UTF-8, but no XML characters
    } else {
      out += rest[i];
    }
  }
}

std::string language_tag(std::string_view languages) {
  // As xsd:language wants it: parts of 1 to 8 letters and digits. "script/Latin" is none.
  constexpr std::size_t longest_part = 8;
  std::string tag;
  std::size_t part = 0;
  for (const char c : languages) {
    const bool is_separator = c == '_' || c == '-';
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    part = is_separator ? 0 : part + 1;
    if ((!is_separator && !is_letter) || part > longest_part) return {};
    tag += is_separator ? '-' : c;
  }
  return tag;
}

}  // namespace docmill::ocr
