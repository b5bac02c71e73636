#include "processors/nlp/zone_marks.hpp"

#include <array>

#include "processors/words/utf8.hpp"

namespace docmill::nlp {
namespace {

// Beginnings of words, three ASCII letters each, in any case.
class Beginnings {
 public:
  // With spaces between. Of a shorter word the third letter is "@", which stands for what is no letter.
  constexpr explicit Beginnings(std::string_view words) {
    for (std::size_t i = 0; i + 2 < words.size(); i += 4) has_[index(words[i], words[i + 1], words[i + 2])] = true;
  }
  constexpr bool contains(char a, char b, char c) const { return has_[index(a, b, c)]; }

 private:
  static constexpr std::size_t bits(char c) { return static_cast<unsigned char>(c) & 31U; }
  static constexpr std::size_t index(char a, char b, char c) { return bits(a) << 10U | bits(b) << 5U | bits(c); }
  std::array<bool, 1U << 15U> has_{};
};

// Of entity_dates.cpp's months and entity_money.cpp's codes and names. A test holds them against each other.
constexpr Beginnings months(
    "jan feb mar mrz apr avr abr mai may jun jui jul aug aou ago sep oct okt nov dec dez dic ene");
constexpr Beginnings currencies(
    "eur usd gbp chf jpy inr cad aud sek nok dkk pln czk cny rmb rub krw mxn brl sfr dol pou fra yen rup pes dm@ fr@ "
    "rs@");

bool is_separated(std::string_view zone, std::size_t digit) {
  auto i = digit + 1;
  if (i >= zone.size() || (zone[i] != '-' && zone[i] != '/' && zone[i] != '.')) return false;
  ++i;
  if (i < zone.size() && zone[i] == ' ') ++i;
  return i < zone.size() && is_ascii_digit(zone[i]);
}

}  // namespace

ZoneMarks marks_of(std::string_view zone) {
  ZoneMarks marks;
  char before = ' ';
  for (std::size_t i = 0; i < zone.size(); before = zone[i++]) {
    const char c = zone[i];
    const char next = i + 1 < zone.size() ? zone[i + 1] : ' ';
    if (is_ascii_digit(c)) {
      ++marks.digits;
      marks.separations += is_separated(zone, i) ? 1U : 0U;
      marks.has_dialled_prefix |= c == '0' && next == '0';
      marks.has_capitals_before_digit |= before >= 'A' && before <= 'Z';
    } else if (is_ascii_letter(c)) {
      if (is_ascii_letter(before)) continue;
      const char third = i + 2 < zone.size() ? zone[i + 2] : ' ';
      if (is_ascii_letter(next)) {
        // Beyond ASCII ("märz") it may be either.
        const bool is_ascii = static_cast<unsigned char>(third) < 0x80;
        const char letter = is_ascii_letter(third) ? third : '@';
        marks.has_month |= !is_ascii || months.contains(c, next, letter);
        marks.has_currency |= !is_ascii || currencies.contains(c, next, letter);
      } else if (static_cast<unsigned char>(next) >= 0x80) {  // "décembre", "dólares"
        marks.has_month = marks.has_currency = true;
      }
    } else if (c == '+') {
      marks.has_dialled_prefix = true;
    } else if (c == '$') {
      marks.has_currency = true;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      // Signs of currencies are ¢ … ¥, U+20A0 … U+20BF and, wide, U+FFE0 … U+FFE6.
      marks.has_currency |= c == '\xC2' || (c == '\xE2' && next == '\x82') || (c == '\xEF' && next == '\xBF');
      marks.has_month |= (c == '\xE6' && next == '\x9C') || (c == '\xEC' && next == '\x9B');  // 月, 월
    }
  }
  return marks;
}

}  // namespace docmill::nlp
