#include "processors/ocr/render_xml.hpp"

#include <algorithm>

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
  if (languages.find('+') != std::string_view::npos) return {};
  std::string tag(languages);
  std::replace(tag.begin(), tag.end(), '_', '-');
  return tag;
}

}  // namespace docmill::ocr
