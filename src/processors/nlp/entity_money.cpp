// Amounts of money.
#include <algorithm>
#include <array>

#include "processors/nlp/entity_finders.hpp"
#include "processors/words/pattern.hpp"

namespace docmill::nlp {
namespace {

struct Name {
  std::string_view written;  // lower case
  std::string_view meant;
};

constexpr std::array currencies{
    Name{"€", "EUR"},         Name{"euro", "EUR"}, Name{"euros", "EUR"},        Name{"eur", "EUR"},
    Name{"£", "GBP"},         Name{"gbp", "GBP"},  Name{"pounds", "GBP"},       Name{"pound", "GBP"},
    Name{"us$", "USD"},       Name{"usd", "USD"},  Name{"u.s. dollars", "USD"}, Name{"us dollars", "USD"},
    Name{"us-dollar", "USD"}, Name{"dollar", "$"}, Name{"dollars", "$"},        Name{"dólares", "$"},
    Name{"$", "$"},           Name{"chf", "CHF"},  Name{"sfr", "CHF"},          Name{"fr", "CHF"},
    Name{"franken", "CHF"},   Name{"¥", "¥"},      Name{"jpy", "JPY"},          Name{"yen", "JPY"},
    Name{"₹", "INR"},         Name{"inr", "INR"},  Name{"rs", "INR"},           Name{"rupees", "INR"},
    Name{"ca$", "CAD"},       Name{"c$", "CAD"},   Name{"cad", "CAD"},          Name{"a$", "AUD"},
    Name{"au$", "AUD"},       Name{"aud", "AUD"},  Name{"sek", "SEK"},          Name{"nok", "NOK"},
    Name{"dkk", "DKK"},       Name{"pln", "PLN"},  Name{"czk", "CZK"},          Name{"cny", "CNY"},
    Name{"rmb", "CNY"},       Name{"₽", "RUB"},    Name{"rub", "RUB"},          Name{"₩", "KRW"},
    Name{"krw", "KRW"},       Name{"mxn", "MXN"},  Name{"brl", "BRL"},          Name{"r$", "BRL"},
    Name{"pesos", "pesos"},   Name{"dm", "DEM"},   Name{"dollars us", "USD"},   Name{"￥", "¥"},
};

// Words for thousands, millions, milliards: how many zeros.
struct Factor {
  std::string_view written;  // lower case, without a full stop
  std::size_t zeros;
};
constexpr std::array factors{
    Factor{"k", 3},        Factor{"thousand", 3},   Factor{"tausend", 3},   Factor{"mille", 3},
    Factor{"mil", 3},      Factor{"tsd", 3},        Factor{"m", 6},         Factor{"mn", 6},
    Factor{"million", 6},  Factor{"millions", 6},   Factor{"millionen", 6}, Factor{"mio", 6},
    Factor{"millones", 6}, Factor{"millón", 6},     Factor{"bn", 9},        Factor{"b", 9},
    Factor{"billion", 9},  Factor{"milliarden", 9}, Factor{"milliarde", 9}, Factor{"mrd", 9},
    Factor{"milliard", 9}, Factor{"milliards", 9},  Factor{"trillion", 12},
};

std::string lower_of(std::string_view text) {
  std::string lower;
  append_lower(lower, text);
  while (!lower.empty() && (lower.back() == '.' || lower.back() == ' ')) lower.pop_back();
  return lower;
}

std::string_view currency_of(std::string_view written) {
  const auto lower = lower_of(written);
  const auto* const found =
      std::find_if(currencies.begin(), currencies.end(), [&](const Name& row) { return row.written == lower; });
  return found == currencies.end() ? std::string_view() : found->meant;
}

std::size_t zeros_of(std::string_view written) {
  const auto lower = lower_of(written);
  const auto* const found =
      std::find_if(factors.begin(), factors.end(), [&](const Factor& row) { return row.written == lower; });
  return found == factors.end() ? 0 : found->zeros;
}

// "1.234,50", "1,234.50", "1'234", "1 234": digits with a decimal point. The last mark is decimal unless three digits
// follow it, or it occurs twice.
std::string plain_number(std::string_view written) {
  const auto mark = written.find_last_of(".,");
  bool is_decimal = mark != std::string_view::npos && written.size() - mark != 4;
  if (is_decimal && written.find(written[mark]) != mark) is_decimal = false;
  std::string whole;
  std::string fraction;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!is_ascii_digit(written[i])) continue;
    (is_decimal && i > mark ? fraction : whole) += written[i];
  }
  return fraction.empty() ? whole : whole + "." + fraction;
}

std::string times_power_of_ten(std::string number, std::size_t zeros) {
  if (zeros == 0) return number;
  const auto point = number.find('.');
  std::string fraction = point == std::string::npos ? "" : number.substr(point + 1);
  number.resize(std::min(point, number.size()));
  for (std::size_t i = 0; i < zeros; ++i) {
    number += fraction.empty() ? '0' : fraction.front();
    if (!fraction.empty()) fraction.erase(0, 1);
  }
  number.erase(0, std::min(number.find_first_not_of('0'), number.size() - 1));
  return fraction.empty() ? number : number + "." + fraction;
}

constexpr std::string_view number =
    R"(([0-9]{1,3}(?:[.,'’   ][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]+(?:[.,][0-9]{1,3})?))";
constexpr std::string_view factor =
    R"((?:[   -]?((?i:thousand|tausend|millions?|millionen|mio|mn|millones|millón|billion|bn|milliarden?|mrd|milliards?|trillion|tsd)\b\.?|[kKMmB]\b))?)";
constexpr std::string_view symbol = R"((US\$|CA\$|AU\$|[CAR]\$|[$€£¥￥₹₽₩]))";
constexpr std::string_view code =
    R"((EUR|USD|GBP|CHF|JPY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|CNY|RMB|RUB|KRW|MXN|BRL|DM|Fr\.|SFr\.?|Rs\.?))";
constexpr std::string_view word =
    R"((?:de |d')?((?i:euros?|(?:us |u\.s\. |us-)?dollars?(?: us)?|dólares|pounds?|franken|yen|rupees|pesos))\b)";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string result;
  for (const auto part : parts) result += part;
  return result;
}

void add(const Match& match, std::string_view currency, std::string_view amount, std::string_view zeros,
         Entities& found) {
  const auto meant = currency_of(currency);
  if (meant.empty()) return;
  found.push_back({EntityKind::money, match.span,
                   std::string(meant) + " " + times_power_of_ten(plain_number(amount), zeros_of(zeros))});
}

}  // namespace

void find_money(std::string_view text, Span zone, Entities& found) {
  constexpr std::string_view gap = R"((?:[ ]|  ?| )?)";
  constexpr std::string_view dash = R"((?:[.,](?:--?|–|—))?)";  // "5,– €"
  static const Pattern symbol_first(join({symbol, gap, number, dash, factor}));
  static const Pattern code_first(join({R"(\b)", code, gap, number, dash, factor}));
  static const Pattern symbol_last(join({R"(\b)", number, dash, factor, gap, R"(([€£¥₽₩$]))"}));
  static const Pattern name_last(join({R"(\b)", number, dash, factor, gap, "(?:", code, R"(\b|)", word, ")"}));
  const auto before = found.size();
  for (const auto* pattern : {&symbol_first, &code_first}) {
    each_match(*pattern, text, zone, [&](const Match& match) {
      add(match, match.groups[1], match.groups[2], match.groups[3], found);
      return match.span.end;
    });
  }
  const bool has_first = found.size() > before;
  for (const auto* pattern : {&symbol_last, &name_last}) {
    each_match(*pattern, text, zone, [&](const Match& match) {
      // "$5 €6": the sign belongs to the number that it stands before.
      const bool is_taken =
          has_first &&
          std::any_of(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(), [&](const Entity& other) {
            return other.span.begin < match.span.end && match.span.begin < other.span.end;
          });
      const auto name = match.groups[3].empty() ? match.groups[4] : match.groups[3];
      if (!is_taken) add(match, name, match.groups[1], match.groups[2], found);
      return match.span.end;
    });
  }
}

}  // namespace docmill::nlp
