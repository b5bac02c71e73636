#include "documents/text/sheet_dates.hpp"

#include <array>
#include <boost/container/flat_map.hpp>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "documents/text/xml_walk.hpp"

namespace docmill {
namespace {

// Those that every reader has; 27 … 36 and 50 … 58 are dates in the Chinese, Japanese and Korean editions.
SheetFormat built_in(unsigned id) {
  if (id >= 14 && id <= 17) return SheetFormat::date;
  if (id >= 18 && id <= 21) return SheetFormat::time;
  if (id == 22) return SheetFormat::date_time;
  if (id == 45 || id == 47) return SheetFormat::time;
  if (id == 46) return SheetFormat::duration;
  if ((id >= 32 && id <= 35) || id == 55 || id == 56) return SheetFormat::time;
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return SheetFormat::date;
  return SheetFormat::number;
}

// Of those that are numbers.
std::string_view built_in_code(unsigned id) {
  switch (id) {
    case 1:
      return "0";
    case 2:
      return "0.00";
    case 3:
      return "#,##0";
    case 4:
      return "#,##0.00";
    case 9:
      return "0%";
    case 10:
      return "0.00%";
    case 11:
      return "0.00E+00";
    case 12:
      return "# ?/?";
    case 13:
      return "# ?"
             "?/??";  // in one, there is a trigraph
    case 48:
      return "##0.0E+0";
    case 37:
    case 38:
      return "#,##0;(#,##0)";
    case 39:
    case 40:
      return "#,##0.00;(#,##0.00)";
    default:  // others differ by country, or are written as they are
      return {};
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// What of a format's first section is neither quoted nor in brackets, in lower case; "[h]" and the like are kept.
std::string bare_code(std::string_view code) {
  std::string bare;
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = code[i];
    if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '[') {
      const auto end = std::min(code.find(']', i), code.size());
      const char unit = i + 1 < end ? lower(code[i + 1]) : ' ';
      const bool is_elapsed =
          (unit == 'h' || unit == 'm' || unit == 's') && (end == i + 2 || lower(code[i + 2]) == unit);
      if (is_elapsed) bare.append(1, '[').append(1, unit);
      i = end;
    } else {
      bare += lower(c);
    }
  }
  return bare;
}

std::string clock_text(long long hours, long long seconds) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld", hours, seconds / 60 % 60, seconds % 60);
  return text.data();
}

// Days since the epoch to the calendar; nullopt: no day there is.
std::optional<std::string> date_text(long long days, bool from_1904) {
  namespace chrono = std::chrono;
  // The first spreadsheets took 1900 for a leap year: day 60 is no day, and those before it are one later.
  if (!from_1904 && (days == 60 || days < 1)) return std::nullopt;
  const auto epoch = from_1904   ? chrono::sys_days(chrono::year(1904) / 1 / 1)
                     : days < 60 ? chrono::sys_days(chrono::year(1899) / 12 / 31)
                                 : chrono::sys_days(chrono::year(1899) / 12 / 30);
  const chrono::year_month_day date(epoch + chrono::days(days));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

}  // namespace

SheetFormat sheet_format_of(std::string_view code) {
  auto bare = bare_code(code);
  if (bare.find("general") != std::string::npos) return SheetFormat::number;
  if (bare.find('[') != std::string::npos) return SheetFormat::duration;
  for (const std::string_view half : {"am/pm", "a/p"}) {
    if (const auto at = bare.find(half); at != std::string::npos) bare.erase(at, half.size()).append(1, 'h');
  }
  const bool has_time = bare.find_first_of("hs") != std::string::npos;
  // "m" alone is a month, beside hours or seconds it is minutes.
  const bool has_date =
      bare.find_first_of("yd") != std::string::npos || (!has_time && bare.find('m') != std::string::npos);
  if (has_date) return has_time ? SheetFormat::date_time : SheetFormat::date;
  return has_time ? SheetFormat::time : SheetFormat::number;
}

SheetStyles::SheetStyles(pugi::xml_node style_sheet) {
  boost::container::flat_map<unsigned, std::string> own;
  for (const auto list : style_sheet.children()) {
    const auto name = local_name(list);
    for (const auto item : list.children()) {
      if (name == "numFmts" && local_name(item) == "numFmt") {
        own[item.attribute("numFmtId").as_uint()] = item.attribute("formatCode").value();
      } else if (name == "cellXfs" && local_name(item) == "xf") {
        const auto id = item.attribute("numFmtId").as_uint();
        const auto found = own.find(id);
        cells_.push_back(found != own.end() ? Cell{.format = sheet_format_of(found->second), .code = found->second}
                                            : Cell{.format = built_in(id), .code = std::string(built_in_code(id))});
      }
    }
  }
}

std::optional<std::string> sheet_date(std::string_view value, SheetFormat format, bool from_1904) {
  constexpr double end_of_9999 = 2'958'466;
  constexpr long long seconds_a_day = 86'400;
  if (format == SheetFormat::number) return std::nullopt;
  double days = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), days);
  if (error != std::errc() || end != value.data() + value.size() || !(days >= 0) || days >= end_of_9999) {
    return std::nullopt;
  }
  const auto seconds = std::llround(days * static_cast<double>(seconds_a_day));
  if (format == SheetFormat::duration) return clock_text(seconds / 3600, seconds);
  const auto time = clock_text(seconds % seconds_a_day / 3600, seconds);
  if (format == SheetFormat::time) return time;
  auto date = date_text(seconds / seconds_a_day, from_1904);
  if (date && format == SheetFormat::date_time) date->append(1, ' ').append(time);
  return date;
}

}  // namespace docmill
