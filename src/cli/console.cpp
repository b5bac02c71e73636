#include "cli/console.hpp"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "core/json_text.hpp"
#include "node/record.hpp"
#include "node/sources.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

std::string escaped(unsigned char byte) {
  if (byte == '\n') return "\\n";
  if (byte == '\t') return "\\t";
  std::array<char, 5> text{};
  std::snprintf(text.data(), text.size(), "\\x%02X", byte);
  return text.data();
}

}  // namespace

bool print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

bool print_line(const json::value& value) { return print(json_text(value) + "\n"); }

void complain(std::string_view text) {
  const std::string line = "docmill: " + printable(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char c : document_as_text(bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      text += escaped(byte);
    } else {
      text += c;
    }
  }
  return text;
}

std::string json_name(std::string_view document) { return document_as_text(plain_path(document)); }

json::object error_json(const Error& error) {
  json::object object{{"code", to_string(error.code)}, {"message", document_as_text(error.message)}};
  if (error.page > 0) object["page"] = error.page;
  return object;
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(seconds));
  std::array<char, 48> text{};
  if (seconds < 9.95) {
    std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  } else if (whole < 60) {
    std::snprintf(text.data(), text.size(), "%lld s", whole);
  } else if (whole < 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld min", whole / 60, whole % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld h", whole / 3600, whole % 3600 / 60);
  }
  return text.data();
}

std::string number_text(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), ",");
  }
  return digits;
}

std::string count_text(std::uint64_t number, std::string_view what) {
  return number_text(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

}  // namespace docmill::cli
