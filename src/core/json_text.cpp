#include "core/json_text.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace docmill {
namespace {

namespace json = boost::json;

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  const double size = std::abs(number);
  const bool is_handy = size == 0 || (size >= 1e-6 && size < 1e15);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                 is_handy ? std::chars_format::fixed : std::chars_format::scientific);
  out.append(digits.data(), end.ptr);
}

void append(std::string& out, const json::value& value);

void append_array(std::string& out, const json::array& items) {
  out += '[';
  for (const auto& item : items) {
    if (&item != items.data()) out += ',';
    append(out, item);
  }
  out += ']';
}

void append_object(std::string& out, const json::object& members) {
  out += '{';
  for (const auto& member : members) {
    if (&member != &*members.begin()) out += ',';
    out += json::serialize(json::string_view(member.key()));
    out += ':';
    append(out, member.value());
  }
  out += '}';
}

// As deep as the value, which the parser keeps below 32 levels.
void append(std::string& out, const json::value& value) {
  if (const auto* number = value.if_double()) {
    append_number(out, *number);
  } else if (const auto* items = value.if_array()) {
    append_array(out, *items);
  } else if (const auto* members = value.if_object()) {
    append_object(out, *members);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace docmill
