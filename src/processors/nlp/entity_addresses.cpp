// E-mail and web addresses.
#include <algorithm>
#include <array>

#include "processors/nlp/entity_finders.hpp"
#include "processors/words/pattern.hpp"

namespace docmill::nlp {
namespace {

// RFC 5321's limits.
constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_address = 254;

bool is_host(std::string_view host) {
  const auto last_dot = host.rfind('.');
  if (last_dot == std::string_view::npos || host.size() - last_dot < 3) return false;
  return std::none_of(host.begin() + static_cast<std::ptrdiff_t>(last_dot) + 1, host.end(), is_ascii_digit);
}

// Punctuation that ends the sentence around an address, not the address; a bracket that was not opened in it.
Span without_trailing_marks(std::string_view text, Span span) {
  std::array<std::uint32_t, 256> count{};
  for (const unsigned char c : span.in(text)) ++count[c];
  if (count['['] > count[']']) span.end = span.begin + static_cast<std::uint32_t>(span.in(text).rfind('['));
  while (span.size() > 0) {
    const auto address = span.in(text);
    const char last = address.back();
    if (std::string_view(".,;:!?'\"*_").find(last) != std::string_view::npos) {
      --span.end;
    } else if (last == ')' || last == ']' || last == '}') {
      const unsigned char closing = static_cast<unsigned char>(last);
      const unsigned char opening = last == ')' ? '(' : last == ']' ? '[' : '{';
      if (count[opening] >= count[closing]) break;
      --count[closing];
      --span.end;
    } else if (address.ends_with("…") || address.ends_with("”") || address.ends_with("’") || address.ends_with("“")) {
      span.end -= 3;
    } else if (address.ends_with("»")) {
      span.end -= 2;
    } else {
      break;
    }
  }
  return span;
}

// Chinese, Japanese, Korean and Thai put no space between an address and the words around it.
bool needs_no_space(char32_t c) { return c >= 0x2E80 || (c >= 0x0E00 && c < 0x0F00); }

// Without words that stand close to an e-mail address in another script: "メールはann@example.jpです". An address that
// is in such a script itself stays whole.
Span without_close_words(std::string_view text, Span span) {
  const auto at = span.begin + static_cast<std::uint32_t>(span.in(text).find('@'));
  const auto last_dot = span.begin + static_cast<std::uint32_t>(span.in(text).rfind('.'));
  auto begin = span.begin;
  for (std::size_t i = span.begin; i < at;) {
    if (needs_no_space(next_code_point(text, i))) begin = static_cast<std::uint32_t>(i);
  }
  Span result{begin < at ? begin : span.begin, span.end};
  for (std::size_t i = last_dot + 1; i < span.end;) {
    const auto place = static_cast<std::uint32_t>(i);
    if (needs_no_space(next_code_point(text, i)) && place > last_dot + 2) {
      result.end = place;
      break;
    }
  }
  return result;
}

}  // namespace

void find_email(std::string_view text, Span zone, Entities& found) {
  static const Pattern pattern(
      R"((?i)([\pL\pN](?:[\pL\pN!#$%&'*+/=?^_{|}~.-]*[\pL\pN_+~-])?)@((?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)+(?:[\pL]{2,24}|xn--[a-z0-9-]+)))");
  each_match(pattern, text, zone, [&](const Match& match) {
    const auto local = match.groups[1];
    const auto span = without_close_words(text, match.span);
    if (local.size() <= longest_local_part && span.size() <= longest_address &&
        local.find("..") == std::string_view::npos) {
      found.push_back({EntityKind::email, span, std::string(span.in(text))});
    }
    return match.span.end;
  });
}

void find_url(std::string_view text, Span zone, Entities& found) {
  // The marks of Chinese and Japanese end an address, as no space does it.
  static const Pattern full(
      R"((?i)\b(?:(?:https?|ftps?)://|www\.)[^\s<>"“”«»\x{3000}-\x{3002}\x{3008}-\x{3011}！（），：；？]+)");
  // Without a scheme only what is a name of common ends: "setup.py" and "etc.The" are none.
  static const Pattern bare(
      R"(\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9][a-z0-9-]+[a-z0-9]\.(?:com|org|net|edu|gov|info|de|fr|es|at|ch|eu|co\.uk|org\.uk|ac\.uk)\b(?:/[^\s<>"“”«»\x{3000}-\x{3002}\x{3008}-\x{3011}！（），：；？]*)?)");
  const auto word = zone.in(text);
  const bool is_full = word.find("://") != std::string_view::npos || word.find("ww.") != std::string_view::npos ||
                       word.find("WW.") != std::string_view::npos;
  if (!is_full && word.find('@') != std::string_view::npos) return;
  each_match(is_full ? full : bare, text, zone, [&](const Match& match) {
    const auto span = without_trailing_marks(text, match.span);
    auto host = span.in(text);
    if (const auto scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
    const bool has_scheme = host.size() < span.size();
    host = host.substr(0, host.find_first_of("/?#:"));
    if (!host.empty() && (has_scheme || is_host(host))) {
      found.push_back({EntityKind::url, span, std::string(span.in(text))});
    }
    return match.span.end;
  });
}

}  // namespace docmill::nlp
