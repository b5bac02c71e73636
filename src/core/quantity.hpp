// Quantities as people write them: sizes and times with their units.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace docmill {

// "1.5GiB" → bytes, whole. k, m, g, t and KiB, MiB, … count by 1,024, kB, MB, … by 1,000; capital letters or not.
// Nothing: no number, an unknown unit, negative, or beyond 2^53.
std::optional<std::int64_t> parse_bytes(std::string_view text);

// "1.5h" → milliseconds. Without a unit: seconds; ms, s, m or min, h, d.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace docmill
