// Dates in figures and words.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "processors/nlp/entity_finders.hpp"
#include "processors/words/pattern.hpp"

namespace docmill::nlp {
namespace {

struct MonthName {
  std::string_view name;  // lower case, without a full stop
  unsigned month;
};

constexpr std::array month_names{
    MonthName{"january", 1},    MonthName{"jan", 1},       MonthName{"januar", 1},     MonthName{"jänner", 1},
    MonthName{"janvier", 1},    MonthName{"janv", 1},      MonthName{"enero", 1},      MonthName{"ene", 1},
    MonthName{"february", 2},   MonthName{"feb", 2},       MonthName{"februar", 2},    MonthName{"février", 2},
    MonthName{"févr", 2},       MonthName{"febrero", 2},   MonthName{"march", 3},      MonthName{"mar", 3},
    MonthName{"märz", 3},       MonthName{"mrz", 3},       MonthName{"mars", 3},       MonthName{"marzo", 3},
    MonthName{"april", 4},      MonthName{"apr", 4},       MonthName{"avril", 4},      MonthName{"avr", 4},
    MonthName{"abril", 4},      MonthName{"abr", 4},       MonthName{"may", 5},        MonthName{"mai", 5},
    MonthName{"mayo", 5},       MonthName{"june", 6},      MonthName{"jun", 6},        MonthName{"juni", 6},
    MonthName{"juin", 6},       MonthName{"junio", 6},     MonthName{"july", 7},       MonthName{"jul", 7},
    MonthName{"juli", 7},       MonthName{"juillet", 7},   MonthName{"juil", 7},       MonthName{"julio", 7},
    MonthName{"august", 8},     MonthName{"aug", 8},       MonthName{"août", 8},       MonthName{"aout", 8},
    MonthName{"agosto", 8},     MonthName{"ago", 8},       MonthName{"september", 9},  MonthName{"sep", 9},
    MonthName{"sept", 9},       MonthName{"septembre", 9}, MonthName{"septiembre", 9}, MonthName{"october", 10},
    MonthName{"oct", 10},       MonthName{"oktober", 10},  MonthName{"okt", 10},       MonthName{"octobre", 10},
    MonthName{"octubre", 10},   MonthName{"november", 11}, MonthName{"nov", 11},       MonthName{"novembre", 11},
    MonthName{"noviembre", 11}, MonthName{"december", 12}, MonthName{"dec", 12},       MonthName{"dezember", 12},
    MonthName{"dez", 12},       MonthName{"décembre", 12}, MonthName{"déc", 12},       MonthName{"diciembre", 12},
    MonthName{"dic", 12},
};

// What text says of a date; 0: it does not.
struct DateParts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
};

unsigned number_of(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// Two digits: 1970 … 2069, as POSIX reads them (strptime: 69 … 99 are of the twentieth century).
int year_of(std::string_view digits) {
  const auto value = static_cast<int>(number_of(digits));
  if (digits.size() != 2) return value;
  return value >= 69 ? 1900 + value : 2000 + value;
}

unsigned month_of(std::string_view name) {
  std::string lower;
  append_lower(lower, name);
  const auto* const found =
      std::find_if(month_names.begin(), month_names.end(), [&](const MonthName& row) { return row.name == lower; });
  return found == month_names.end() ? 0 : found->month;
}

std::optional<std::string> iso_date(const DateParts& date) {
  namespace chrono = std::chrono;
  if (date.month < 1 || date.month > 12) return std::nullopt;
  std::array<char, 32> text{};
  if (date.day == 0) {
    if (date.year < 1000 || date.year > 2999) return std::nullopt;
    std::snprintf(text.data(), text.size(), "%04d-%02u", date.year, date.month);
    return text.data();
  }
  const int year = date.year == 0 ? 2000 : date.year;  // a leap year: February 29 without a year is a date
  if (year < 1000 || year > 2999) return std::nullopt;
  if (!chrono::year_month_day(chrono::year(year), chrono::month(date.month), chrono::day(date.day)).ok())
    return std::nullopt;
  if (date.year == 0) {
    std::snprintf(text.data(), text.size(), "--%02u-%02u", date.month, date.day);
  } else {
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", date.year, date.month, date.day);
  }
  return text.data();
}

// 03/04/2026 is ambiguous; a number above 12 tells.
DateParts in_figures(const Match& match, std::string_view language) {
  DateParts date;
  const bool is_short = match.groups[5].size() == 2;
  if (match.groups[2] != match.groups[4] || (is_short && match.groups[2] == "-")) return date;
  date.year = year_of(match.groups[5]);
  date.day = number_of(match.groups[1]);
  date.month = number_of(match.groups[3]);
  const bool month_first = match.groups[2] == "/" && language == "en";
  if ((month_first && date.day <= 12) || (date.month > 12 && date.day <= 12)) std::swap(date.day, date.month);
  return date;
}

class Finder {
 public:
  Finder(std::string_view text, Span zone, Entities& found) : text_(text), zone_(zone), found_(found) {}

  // `read`: from a match to the parts of a date.
  template <class Read>
  void search(const Pattern& pattern, Read read) {
    each_match(pattern, text_, zone_, [&](const Match& match) {
      auto value = iso_date(read(match));
      if (!value || is_part_of_more(match.span)) return match.span.begin + 1;
      found_.push_back({EntityKind::date, match.span, std::move(*value)});
      return match.span.end;
    });
  }

 private:
  // "1.2.2024.5", "12-01-2024-77": a version, a part number. But "2024-03-05T12:00" is a date with a time.
  bool is_part_of_more(Span span) const {
    const auto is_digit_at = [&](std::size_t i) { return i < text_.size() && is_ascii_digit(text_[i]); };
    const auto is_mark_at = [&](std::size_t i) {
      return i < text_.size() && (text_[i] == '.' || text_[i] == '-' || text_[i] == '/');
    };
    const bool goes_on = span.end < text_.size() && (is_ascii_letter(text_[span.end]) || text_[span.end] == '_');
    const bool is_before_time = goes_on && text_[span.end] == 'T' && is_digit_at(span.end + 1);
    if (goes_on && !is_before_time) return true;
    if (span.begin > 0 && is_digit_at(span.begin - 1)) return true;
    if (span.begin > 1 && is_mark_at(span.begin - 1) && is_digit_at(span.begin - 2)) return true;
    return is_digit_at(span.end) || (is_mark_at(span.end) && is_digit_at(span.end + 1));
  }

  std::string_view text_;
  Span zone_;
  Entities& found_;
};

// English and German write months with a capital, and "may" and "mar" are words without. French and Spanish do not.
constexpr std::string_view months =
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    "Januar|Jänner|Februar|März|Mai|Juni|Juli|Oktober|Dezember|"
    "(?:Jan|Feb|Mar|Mrz|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Okt|Nov|Dec|Dez)|"
    "JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER|"
    "JAN|FEB|MAR|APR|JUN|JUL|AUG|SEP|OCT|NOV|DEC|"
    "[Jj]anvier|[Ff]évrier|[Mm]ars|[Aa]vril|mai|[Jj]uin|[Jj]uillet|[Aa]oût|[Aa]out|[Ss]eptembre|[Oo]ctobre|[Nn]ovembre|"
    "[Dd]écembre|janv|févr|avr|juil|déc|"
    "[Ee]nero|[Ff]ebrero|[Mm]arzo|[Aa]bril|[Mm]ayo|[Jj]unio|[Jj]ulio|[Aa]gosto|[Ss]eptiembre|[Oo]ctubre|[Nn]oviembre|"
    "[Dd]iciembre)";

std::string with_months(std::string_view before, std::string_view after) {
  return std::string(before) + "(" + std::string(months) + ")" + std::string(after);
}

}  // namespace

void find_dates_in_figures(std::string_view text, Span zone, std::string_view language, Entities& found) {
  static const Pattern iso(R"(\b([12][0-9]{3})([-/.])([01]?[0-9])[-/.]([0-3]?[0-9]))");
  static const Pattern figures(R"(\b([0-3]?[0-9])([-/.]) ?([0-3]?[0-9])([-/.]) ?([12][0-9]{3}|[0-9]{2})\b)");
  Finder finder(text, zone, found);
  finder.search(iso, [](const Match& match) {
    return DateParts{year_of(match.groups[1]), number_of(match.groups[3]), number_of(match.groups[4])};
  });
  finder.search(figures, [&](const Match& match) { return in_figures(match, language); });
}

void find_dates_with_months(std::string_view text, Span zone, Entities& found) {
  static const Pattern day_first(
      with_months(R"(\b([0-3]?[0-9])(?:st|nd|rd|th|er|º|°)?\.?(?:[\s\x{a0}]{1,2}(?:(?:of|day of|de)[\s\x{a0}])?|-))",
                  R"(\b(?:\.?(?:,?[\s\x{a0}]{1,2}(?:(?:de|del|of)[\s\x{a0}])?|-)([12][0-9]{3}\b|'[0-9]{2}\b))?)"));
  static const Pattern month_first(with_months(
      R"(\b)", R"(\.?[\s\x{a0}]{1,2}([0-3]?[0-9])(?:st|nd|rd|th)?\b(?:,?[\s\x{a0}]{1,2}([12][0-9]{3})\b)?)"));
  static const Pattern month_year(
      with_months(R"(\b)", R"(\.?,?[\s\x{a0}]{1,2}(?:(?:de|del|of)[\s\x{a0}])?([12][0-9]{3})\b)"));
  static const Pattern east_asian(R"(\b([12][0-9]{3}) ?[年년] ?([01]?[0-9]) ?[月월](?: ?([0-3]?[0-9]) ?[日일])?)");
  Finder finder(text, zone, found);
  finder.search(east_asian, [](const Match& match) {
    return DateParts{year_of(match.groups[1]), number_of(match.groups[2]), number_of(match.groups[3])};
  });
  finder.search(day_first, [](const Match& match) {
    auto year = match.groups[3];
    if (year.starts_with('\'')) year.remove_prefix(1);
    return DateParts{year_of(year), month_of(match.groups[2]), number_of(match.groups[1])};
  });
  finder.search(month_first, [](const Match& match) {
    return DateParts{year_of(match.groups[3]), month_of(match.groups[1]), number_of(match.groups[2])};
  });
  finder.search(month_year,
                [](const Match& match) { return DateParts{year_of(match.groups[2]), month_of(match.groups[1]), 0}; });
}

}  // namespace docmill::nlp
