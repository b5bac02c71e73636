#include "cli/members.hpp"

namespace docmill::cli {

namespace json = boost::json;

const json::object* object_at(const json::object& object, std::string_view name) {
  const auto* const member = object.if_contains(name);
  return member != nullptr ? member->if_object() : nullptr;
}

std::string_view text_at(const json::object& object, std::string_view name) {
  const auto* const member = object.if_contains(name);
  const auto* const text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::uint64_t count_at(const json::object& object, std::string_view name) {
  const auto* const member = object.if_contains(name);
  const auto* const count = member != nullptr ? member->if_int64() : nullptr;
  return count != nullptr && *count > 0 ? static_cast<std::uint64_t>(*count) : 0;
}

}  // namespace docmill::cli
