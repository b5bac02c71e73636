// Numbers with check digits: IBANs and payment cards.
#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <vector>

#include "processors/nlp/entity_finders.hpp"
#include "processors/words/pattern.hpp"

namespace docmill::nlp {
namespace {

struct CountryLength {
  std::string_view country;
  std::size_t length;
};

// The IBAN registry (SWIFT, release 99 of 2024).
constexpr std::array iban_lengths{
    CountryLength{"AD", 24}, CountryLength{"AE", 23}, CountryLength{"AL", 28}, CountryLength{"AT", 20},
    CountryLength{"AZ", 28}, CountryLength{"BA", 20}, CountryLength{"BE", 16}, CountryLength{"BG", 22},
    CountryLength{"BH", 22}, CountryLength{"BI", 27}, CountryLength{"BR", 29}, CountryLength{"BY", 28},
    CountryLength{"CH", 21}, CountryLength{"CR", 22}, CountryLength{"CY", 28}, CountryLength{"CZ", 24},
    CountryLength{"DE", 22}, CountryLength{"DJ", 27}, CountryLength{"DK", 18}, CountryLength{"DO", 28},
    CountryLength{"EE", 20}, CountryLength{"EG", 29}, CountryLength{"ES", 24}, CountryLength{"FI", 18},
    CountryLength{"FK", 18}, CountryLength{"FO", 18}, CountryLength{"FR", 27}, CountryLength{"GB", 22},
    CountryLength{"GE", 22}, CountryLength{"GI", 23}, CountryLength{"GL", 18}, CountryLength{"GR", 27},
    CountryLength{"GT", 28}, CountryLength{"HR", 21}, CountryLength{"HU", 28}, CountryLength{"IE", 22},
    CountryLength{"IL", 23}, CountryLength{"IQ", 23}, CountryLength{"IS", 26}, CountryLength{"IT", 27},
    CountryLength{"JO", 30}, CountryLength{"KW", 30}, CountryLength{"KZ", 20}, CountryLength{"LB", 28},
    CountryLength{"LC", 32}, CountryLength{"LI", 21}, CountryLength{"LT", 20}, CountryLength{"LU", 20},
    CountryLength{"LV", 21}, CountryLength{"LY", 25}, CountryLength{"MC", 27}, CountryLength{"MD", 24},
    CountryLength{"ME", 22}, CountryLength{"MK", 19}, CountryLength{"MN", 20}, CountryLength{"MR", 27},
    CountryLength{"MT", 31}, CountryLength{"MU", 30}, CountryLength{"NI", 28}, CountryLength{"NL", 18},
    CountryLength{"NO", 15}, CountryLength{"OM", 23}, CountryLength{"PK", 24}, CountryLength{"PL", 28},
    CountryLength{"PS", 29}, CountryLength{"PT", 25}, CountryLength{"QA", 29}, CountryLength{"RO", 24},
    CountryLength{"RS", 22}, CountryLength{"RU", 33}, CountryLength{"SA", 24}, CountryLength{"SC", 31},
    CountryLength{"SD", 18}, CountryLength{"SE", 24}, CountryLength{"SI", 19}, CountryLength{"SK", 24},
    CountryLength{"SM", 27}, CountryLength{"SO", 23}, CountryLength{"ST", 25}, CountryLength{"SV", 28},
    CountryLength{"TL", 23}, CountryLength{"TN", 24}, CountryLength{"TR", 26}, CountryLength{"UA", 29},
    CountryLength{"VA", 22}, CountryLength{"VG", 24}, CountryLength{"XK", 20}, CountryLength{"YE", 30},
};

struct CardNetwork {
  int first_prefix;  // of four digits
  int last_prefix;
  std::size_t shortest;
  std::size_t longest;
};

constexpr std::array card_networks{
    CardNetwork{1800, 1800, 15, 15},  // JCB
    CardNetwork{2131, 2131, 15, 15},  // JCB
    CardNetwork{2221, 2720, 16, 16},  // Mastercard
    CardNetwork{3000, 3059, 14, 19},  // Diners Club
    CardNetwork{3400, 3499, 15, 15},  // American Express
    CardNetwork{3528, 3589, 16, 19},  // JCB
    CardNetwork{3600, 3699, 14, 19},  // Diners Club
    CardNetwork{3700, 3799, 15, 15},  // American Express
    CardNetwork{3800, 3999, 14, 19},  // Diners Club
    CardNetwork{4000, 4999, 13, 19},  // Visa
    CardNetwork{5100, 5599, 16, 16},  // Mastercard
    CardNetwork{5018, 5038, 13, 19},  // Maestro
    CardNetwork{5600, 6999, 13, 19},  // Maestro, Discover, UnionPay, RuPay
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

constexpr std::string_view no_break_space = "\u00A0";

// How long the gap at `place` is that may stand in an IBAN: a space, a hyphen, a line's end; 0: there is none.
std::uint32_t gap_length(std::string_view text, std::uint32_t place) {
  if (text[place] == ' ' || text[place] == '-' || text[place] == '\n') return 1;
  return text.substr(place).starts_with(no_break_space) ? no_break_space.size() : 0;
}

// The characters of an IBAN that begins at `begin`, over single spaces or a line's end between them; empty: too few.
std::string collect(std::string_view text, std::uint32_t begin, std::size_t length, std::uint32_t& end) {
  std::string characters;
  std::uint32_t i = begin;
  while (i < text.size() && characters.size() < length) {
    if (is_ascii_digit(text[i]) || is_upper(text[i])) {
      characters += text[i++];
    } else if (const auto gap = gap_length(text, i); gap > 0) {
      i += gap;
      if (i >= text.size() || !(is_ascii_digit(text[i]) || is_upper(text[i]))) return {};
    } else {
      return {};
    }
  }
  const bool goes_on = i < text.size() && (is_ascii_digit(text[i]) || is_ascii_letter(text[i]));
  if (characters.size() < length || goes_on) return {};
  end = i;
  return characters;
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    const int value = (*digit - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

std::vector<Span> groups_of_digits(std::string_view text, Span span) {
  std::vector<Span> groups;
  for (auto i = span.begin; i < span.end; ++i) {
    if (!is_ascii_digit(text[i])) continue;
    if (groups.empty() || groups.back().end < i) groups.push_back({i, i});
    groups.back().end = i + 1;
  }
  return groups;
}

// How many of the groups are a card's number: 0: none is. What may follow are other numbers (another card, its date,
// its security code), but no more of the same: rows of figures in a table have many a right check digit among them.
std::size_t first_card(std::string_view text, std::span<const Span> groups) {
  constexpr std::size_t most_groups = 6;
  for (auto count = std::min(groups.size(), most_groups); count > 0; --count) {
    const auto card = text.substr(groups[0].begin, groups[count - 1].end - groups[0].begin);
    // One kind of gap throughout: two numbers in a row are not one.
    const bool is_mixed = card.find(' ') != std::string_view::npos && card.find('-') != std::string_view::npos;
    if (is_mixed || !is_card_number(digits_of(card))) continue;
    const auto rest = groups.subspan(count);
    const bool goes_on = count > 1 && !rest.empty() && rest[0].size() == groups[count - 1].size();
    if (!goes_on || first_card(text, rest) > 0) return count;
  }
  return 0;
}

}  // namespace

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_ascii_digit);
  return digits;
}

std::size_t iban_length(std::string_view country) {
  const auto* const found = std::find_if(iban_lengths.begin(), iban_lengths.end(),
                                         [&](const CountryLength& row) { return row.country == country; });
  return found == iban_lengths.end() ? 0 : found->length;
}

bool is_iban(std::string_view iban) {
  if (iban.size() < 4 || iban_length(iban.substr(0, 2)) != iban.size()) return false;
  int remainder = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    if (!is_ascii_digit(c) && !is_upper(c)) return false;
    remainder = is_ascii_digit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
  }
  return remainder == 1;
}

bool is_card_number(std::string_view digits) {
  if (digits.size() < 13 || digits.size() > 19) return false;
  int prefix = 0;
  for (const char c : digits.substr(0, 4)) prefix = prefix * 10 + (c - '0');
  const bool is_known = std::any_of(card_networks.begin(), card_networks.end(), [&](const CardNetwork& network) {
    return prefix >= network.first_prefix && prefix <= network.last_prefix && digits.size() >= network.shortest &&
           digits.size() <= network.longest;
  });
  return is_known && passes_luhn(digits);
}

void find_ibans(std::string_view text, Span zone, Entities& found) {
  static const Pattern pattern(R"(\b([A-Z]{2})[0-9]{2}[ \x{a0}\n-]?[A-Z0-9]{4})");
  each_match(pattern, text, zone, [&](const Match& match) {
    const auto length = iban_length(match.groups[1]);
    std::uint32_t end = match.span.end;
    auto iban = length > 0 ? collect(text.substr(0, zone.end), match.span.begin, length, end) : std::string();
    if (!is_iban(iban)) return match.span.begin + 1;
    found.push_back({EntityKind::iban, {match.span.begin, end}, std::move(iban)});
    return end;
  });
}

void find_cards(std::string_view text, Span zone, Entities& found) {
  static const Pattern pattern(R"(\b[1-6][0-9]{3,18}(?:[ \x{a0}-][0-9]{2,19}){0,24}\b)");
  each_match(pattern, text, zone, [&](const Match& match) {
    const bool is_part =
        match.span.begin > 0 && std::string_view("+-.,").find(text[match.span.begin - 1]) != std::string_view::npos;
    const auto groups = is_part ? std::vector<Span>() : groups_of_digits(text, match.span);
    const auto count = first_card(text, groups);
    if (count == 0) return match.span.begin + 1;
    const Span card{match.span.begin, groups[count - 1].end};
    found.push_back({EntityKind::card, card, digits_of(card.in(text))});
    return card.end;
  });
}

}  // namespace docmill::nlp
