#include "core/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>

namespace docmill {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};
constexpr double day = 86'400'000;
constexpr std::array time_units{Unit{"", 1'000},     Unit{"ms", 1},        Unit{"s", 1'000}, Unit{"m", 60'000},
                                Unit{"min", 60'000}, Unit{"h", 3'600'000}, Unit{"d", day}};
constexpr std::array byte_units{Unit{"", 1},
                                Unit{"b", 1},
                                Unit{"k", 1024.0},
                                Unit{"kib", 1024.0},
                                Unit{"kb", 1e3},
                                Unit{"m", 1048576.0},
                                Unit{"mib", 1048576.0},
                                Unit{"mb", 1e6},
                                Unit{"g", 1073741824},
                                Unit{"gib", 1073741824},
                                Unit{"gb", 1e9},
                                Unit{"t", 1099511627776.0},
                                Unit{"tib", 1099511627776.0},
                                Unit{"tb", 1e12}};

std::optional<std::int64_t> parse_quantity(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  std::string unit(rest, text.data() + text.size());
  unit.erase(std::remove(unit.begin(), unit.end(), ' '), unit.end());
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == unit; });
  if (found == units.end()) return std::nullopt;
  const double value = number * found->factor;
  if (!(value >= 0 && value <= 9007199254740992.0)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::optional<std::int64_t> parse_bytes(std::string_view text) { return parse_quantity(text, byte_units); }

std::optional<std::int64_t> parse_duration(std::string_view text) { return parse_quantity(text, time_units); }

}  // namespace docmill
