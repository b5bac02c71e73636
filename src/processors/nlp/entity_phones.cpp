// Phone numbers: international ones, and the national ones of North America, Britain, Germany, France and Spain.
//
// A pattern of digits alone is as often something else, so a national number needs the grouping of its country or a
// word before it that says what it is.
#include <algorithm>
#include <array>

#include "processors/nlp/entity_finders.hpp"
#include "processors/words/pattern.hpp"

namespace docmill::nlp {
namespace {

// ITU-T E.164: calling codes of one or two digits; of three digits those that begin with the pairs below.
bool has_calling_code(std::string_view digits) {
  constexpr std::string_view two_digits =
      " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
      "90 "
      "91 92 93 94 95 98 ";
  constexpr std::string_view begin_three = " 21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99 ";
  if (digits.size() < 3) return false;
  if (digits[0] == '1' || digits[0] == '7') return true;
  const auto pair = " " + std::string(digits.substr(0, 2)) + " ";
  return two_digits.find(pair) != std::string_view::npos || begin_three.find(pair) != std::string_view::npos;
}

// What is to be dialled behind "+". Where the trunk prefix is never dialled from abroad, no number begins with it.
bool is_international(std::string_view digits) {
  if (digits.size() > 15 || !has_calling_code(digits)) return false;
  if (digits[0] == '1') return digits.size() == 11 && digits[1] >= '2';
  const auto pair = digits.substr(0, 2);
  return !((pair == "44" || pair == "49" || pair == "33" || pair == "34") && digits[2] == '0');
}

bool is_part_of_more(std::string_view text, Span span) {
  const auto is_more = [&](std::size_t i) {
    return i < text.size() && (is_ascii_digit(text[i]) || is_ascii_letter(text[i]));
  };
  if (span.begin > 0 && (is_more(span.begin - 1) || text[span.begin - 1] == '+')) return true;
  if (span.begin > 1 && std::string_view(".,-/").find(text[span.begin - 1]) != std::string_view::npos &&
      is_ascii_digit(text[span.begin - 2])) {
    return true;
  }
  if (is_more(span.end)) return true;
  return span.end + 1 < text.size() && std::string_view(".,-/").find(text[span.end]) != std::string_view::npos &&
         is_ascii_digit(text[span.end + 1]);
}

// "Tel.: ", "phone ", "Fax " before the number.
bool is_announced(std::string_view text, std::uint32_t begin) {
  static const Pattern announcement(
      R"((?i)\b(?:tel|tél|telefon|telefonnummer|téléphone|teléfono|telephone|phone|call|cell|mobile|mobil|handy|móvil|portable|fax|hotline|durchwahl|rufnummer|whatsapp|ph|tfno|tlf)\b[^0-9\n]{0,12}$)");
  const auto from = begin > 32 ? begin - 32 : 0;
  Match match;
  return announcement.find(text, {from, begin}, from, match);
}

// "650 000 000", "732 829 320 00074": groups of three digits are as often a round number, or a part of a longer one.
bool is_of_millions(std::string_view text, Span span) {
  const auto has_digit = [&](std::size_t i) { return i < text.size() && is_ascii_digit(text[i]); };
  if (span.in(text).ends_with("000")) return true;
  if (span.begin > 1 && text[span.begin - 1] == ' ' && has_digit(span.begin - 2)) return true;
  return span.end < text.size() && text[span.end] == ' ' && has_digit(span.end + 1);
}

struct National {
  const Pattern* pattern;
  bool needs_announcement;
  bool looks_like_millions = false;
};

void find_national(std::string_view text, Span zone, const National& national, Entities& found) {
  each_match(*national.pattern, text, zone, [&](const Match& match) {
    const bool is_taken = std::any_of(found.begin(), found.end(), [&](const Entity& other) {
      return other.kind == EntityKind::phone && other.span.begin < match.span.end && match.span.begin < other.span.end;
    });
    if (is_taken || is_part_of_more(text, match.span)) return match.span.end;
    if (national.looks_like_millions && is_of_millions(text, match.span)) return match.span.end;
    if (national.needs_announcement && !is_announced(text, match.span.begin)) return match.span.end;
    found.push_back({EntityKind::phone, match.span, digits_of(match.span.in(text))});
    return match.span.end;
  });
}

}  // namespace

void find_international_phones(std::string_view text, Span zone, Entities& found) {
  static const Pattern pattern(R"((\+|\b00)([ ]?\(?[1-9](?:[ \-./()  ]{0,2}[0-9]){6,14}))");
  each_match(pattern, text, zone, [&](const Match& match) {
    auto digits = digits_of(match.groups[2]);
    // "+49 (0)30 …": the trunk prefix is not dialled from abroad.
    if (const auto trunk = match.groups[2].find("(0)"); trunk != std::string_view::npos) {
      digits.erase(digits_of(match.groups[2].substr(0, trunk)).size(), 1);
    }
    const bool follows_digits =
        match.groups[1] == "00" && match.span.begin > 1 && is_ascii_digit(text[match.span.begin - 2]);
    if (!is_international(digits) || follows_digits || is_part_of_more(text, match.span)) return match.span.begin + 1;
    found.push_back({EntityKind::phone, match.span, "+" + digits});
    return match.span.end;
  });
}

void find_national_phones(std::string_view text, Span zone, Entities& found) {
  static const Pattern north_america(
      R"((?:\b1[-. \x{a0}])?(?:\([2-9][0-9]{2}\)[ \x{a0}]?|\b[2-9][0-9]{2}[-. \x{a0}])[2-9][0-9]{2}[-. \x{a0}][0-9]{4}(?: ?(?:x|ext\.?) ?[0-9]{1,5})?\b)");
  static const Pattern german(
      R"((?:(?:\(0[1-9][0-9]{1,4}\)[ \x{a0}]?|\b0[1-9][0-9]{1,4}(?:[ \x{a0}]?/[ \x{a0}]?|[ \x{a0}]))(?:[1-9][0-9]{1,4}(?:[ \x{a0}-][0-9]{2,4}){1,3}|[1-9][0-9]{3,8}(?:-[0-9]{1,5})?)|\b0[1-9][0-9]{1,4}-[1-9][0-9]{4,8})\b)");
  static const Pattern french(R"(\b0[1-9](?:[ \x{a0}.-][0-9]{2}){4}\b)");
  static const Pattern spanish(
      R"(\b[6-9][0-9]{2}(?:[ \x{a0}.-][0-9]{3}[ \x{a0}.-][0-9]{3}|[ \x{a0}.-][0-9]{2}[ \x{a0}.-][0-9]{2}[ \x{a0}.-][0-9]{2})\b)");
  static const Pattern digits_only(R"(\b[0-9(](?:[0-9]|[ \x{a0}\-./()]{1,3}[0-9]){5,14}\b)");
  for (const auto& national :
       {National{&french, false}, National{&north_america, false}, National{&spanish, false, true},
        National{&german, false}, National{&digits_only, true}}) {
    find_national(text, zone, national, found);
  }
}

}  // namespace docmill::nlp
