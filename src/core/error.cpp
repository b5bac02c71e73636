#include "core/error.hpp"

#include <cstdio>
#include <cstdlib>

namespace docmill {
namespace {

constexpr bool table_is_in_order() {
  for (std::size_t i = 0; i < error_codes.size(); ++i) {
    if (static_cast<std::size_t>(error_codes[i].code) != i) return false;
  }
  return true;
}
static_assert(table_is_in_order(), "error_codes is indexed by ErrorCode");

const ErrorCodeInfo& info(ErrorCode code) { return error_codes.at(static_cast<std::size_t>(code)); }

}  // namespace

std::string_view to_string(ErrorCode code) { return info(code).name; }

bool is_retryable(ErrorCode code) { return info(code).retryable; }

std::optional<ErrorCode> error_code_from_string(std::string_view name) {
  for (const auto& row : error_codes) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "docmill: bug: '%s' does not hold at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace docmill
