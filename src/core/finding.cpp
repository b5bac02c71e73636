#include "core/finding.hpp"

#include <algorithm>

namespace docmill {
namespace {

constexpr bool table_is_in_order() {
  for (std::size_t i = 0; i < finding_table.size(); ++i) {
    if (static_cast<std::size_t>(finding_table[i].code) != i) return false;
  }
  return true;
}
static_assert(table_is_in_order(), "finding_table is indexed by FindingCode");

constexpr std::array severities{std::string_view{"off"}, std::string_view{"info"}, std::string_view{"warning"},
                                std::string_view{"error"}};

}  // namespace

std::string_view to_string(Severity severity) { return severities.at(static_cast<std::size_t>(severity)); }

std::optional<Severity> severity_from_string(std::string_view name) {
  const auto* const found = std::find(severities.begin(), severities.end(), name);
  if (found == severities.end()) return std::nullopt;
  return static_cast<Severity>(found - severities.begin());
}

const FindingInfo& info_of(FindingCode code) { return finding_table.at(static_cast<std::size_t>(code)); }

std::optional<FindingCode> finding_code_from_string(std::string_view name) {
  const auto* const found = std::find_if(finding_table.begin(), finding_table.end(),
                                         [&](const FindingInfo& row) { return row.name == name; });
  return found == finding_table.end() ? std::nullopt : std::optional(found->code);
}

}  // namespace docmill
