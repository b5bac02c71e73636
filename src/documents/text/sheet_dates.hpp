// Dates in spreadsheets: cells hold days since an epoch, and only their number format says that they are dates
// (ISO/IEC 29500-1, 18.8.30 and 18.17.4).
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace docmill {

// What a number format shows.
enum class SheetFormat : std::uint8_t { number, date, time, date_time, duration };

// Of a format's code: "yyyy\-mm\-dd", "[h]:mm", "#,##0.00".
SheetFormat sheet_format_of(std::string_view code);

// The formats of the styles that cells name by number, from xl/styles.xml.
class SheetStyles {
 public:
  SheetStyles() = default;  // all cells are numbers
  explicit SheetStyles(pugi::xml_node style_sheet);

  SheetFormat at(std::size_t style) const { return style < cells_.size() ? cells_[style].format : SheetFormat::number; }
  // Its code; empty where numbers are shown as they are.
  std::string_view code_at(std::size_t style) const {
    return style < cells_.size() ? std::string_view(cells_[style].code) : std::string_view();
  }

 private:
  struct Cell {
    SheetFormat format = SheetFormat::number;
    std::string code;
  };
  std::vector<Cell> cells_;
};

// The value of a cell in its format: 2026-01-31, 09:30:00, 2026-01-31 09:30:00, and 27:30:00 for durations; rounded to
// seconds. Nullopt: a number, or no date there is (before 1900, the 29 February 1900 that spreadsheets count).
std::optional<std::string> sheet_date(std::string_view value, SheetFormat format, bool from_1904);

}  // namespace docmill
