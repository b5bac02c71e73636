// Numbers in spreadsheets that are shown as fractions: "2 3/8".
#pragma once

#include <optional>
#include <string>

#include "documents/text/sheet_code.hpp"

namespace docmill {

// `number` (not negative) in a section with the mark /, as "# ?/?" or "# ?/16". nullopt: it cannot be shown so.
std::optional<std::string> shown_fraction(double number, const Pieces& pieces);

}  // namespace docmill
