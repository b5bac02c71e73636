// The finders of single kinds, for entities.cpp and tests. Each appends what it finds in `zone` of `text`; they do not
// know of each other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "processors/nlp/entities.hpp"

namespace docmill::nlp {

using Entities = std::vector<Entity>;

// The zones of addresses are words: what stands between spaces.
void find_email(std::string_view text, Span zone, Entities& found);
void find_url(std::string_view text, Span zone, Entities& found);

// The zones of these are pieces of text around digits.
void find_ibans(std::string_view text, Span zone, Entities& found);
void find_cards(std::string_view text, Span zone, Entities& found);
void find_dates_in_figures(std::string_view text, Span zone, std::string_view language, Entities& found);
void find_dates_with_months(std::string_view text, Span zone, Entities& found);
void find_money(std::string_view text, Span zone, Entities& found);
void find_international_phones(std::string_view text, Span zone, Entities& found);
// After the international ones: numbers that are part of those are left alone.
void find_national_phones(std::string_view text, Span zone, Entities& found);

// The digits 0 to 9 of `text`, without what stands between them.
std::string digits_of(std::string_view text);

// ISO 13616: length by country and the remainder 1 by 97. `iban`: without spaces, upper case.
bool is_iban(std::string_view iban);
// 0: no country writes IBANs with these two letters.
std::size_t iban_length(std::string_view country);

// ISO/IEC 7812: prefix and length of a known network, and Luhn's check digit.
bool is_card_number(std::string_view digits);

}  // namespace docmill::nlp
