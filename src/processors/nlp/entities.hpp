// Entities that patterns find: dates, amounts of money, e-mail and web addresses, phone numbers, IBANs, payment cards.
// Names of people, organisations and places are found by name_tagger.hpp.
//
// RE2 finds what may be one, in time that grows with the text alone; code checks what a pattern cannot: calendars,
// check digits, country codes. Formats are those of English, German, French and Spanish and the international ones.
// Thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "processors/words/utf8.hpp"

namespace docmill::nlp {

// In the order of precedence: what one has found the later ones leave alone, unless they are asked for first.
enum class EntityKind : std::uint8_t { email, url, iban, card, date, money, phone, person, organisation, place };

constexpr std::array<std::string_view, 10> entity_names{"email", "url",   "iban",   "card",         "date",
                                                        "money", "phone", "person", "organisation", "place"};
constexpr bool is_name(EntityKind kind) { return kind >= EntityKind::person; }
inline std::string_view to_string(EntityKind kind) { return entity_names[static_cast<std::size_t>(kind)]; }
std::optional<EntityKind> entity_kind_from_string(std::string_view name);

struct Entity {
  EntityKind kind = EntityKind::email;
  Span span;
  // In one form whatever the text's: 2026-01-31, 2026-01 or --01-31 (no year); EUR 1234.50 (or $ 5, where the text does
  // not say whose dollar); phone numbers with "+" where the country is told; IBANs and cards without spaces; addresses
  // as they stand.
  std::string value;
};

// Ascending, none within another. `language` (ISO 639-1) decides how 03/04/2026 is read: month first in English with
// slashes, else day first. `first`: kinds that come before the others, so that an IBAN in a web address is found.
std::vector<Entity> find_entities(std::string_view text, std::string_view language,
                                  const std::vector<EntityKind>& first = {});

// `text` with every character of these entities replaced by U+2588 (█), so that positions in code points stay.
std::string redact(std::string_view text, const std::vector<Entity>& entities);

}  // namespace docmill::nlp
