// What a zone of text has that patterns need: most zones around digits have nothing of it, and each pattern that need
// not be tried is time saved.
#pragma once

#include <cstdint>
#include <string_view>

namespace docmill::nlp {

struct ZoneMarks {
  std::uint32_t digits = 0;
  std::uint32_t separations = 0;  // digits with one of "-/." between, and perhaps a space behind that
  bool has_currency = false;      // a sign, or the first letters of a code or name
  bool has_month = false;         // the first letters of a month's name
  bool has_capitals_before_digit = false;
  bool has_dialled_prefix = false;  // "+" or "00"
};

// One pass. Says too much rather than too little.
ZoneMarks marks_of(std::string_view zone);

}  // namespace docmill::nlp
