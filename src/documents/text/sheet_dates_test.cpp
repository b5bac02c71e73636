#include "documents/text/sheet_dates.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

TEST(SheetFormat, IsToldByTheLettersOfItsCode) {
  for (const auto* code : {"yyyy\\-mm\\-dd", "d/m/yy", "[$-407]d. mmmm yyyy;@", "mmm", "\"Stand: \"dd.mm.yyyy"}) {
    EXPECT_EQ(sheet_format_of(code), SheetFormat::date) << code;
  }
  for (const auto* code : {"hh:mm", "h:mm AM/PM", "mm:ss.0"})
    EXPECT_EQ(sheet_format_of(code), SheetFormat::time) << code;
  EXPECT_EQ(sheet_format_of("m/d/yyyy h:mm"), SheetFormat::date_time);
  for (const auto* code : {"[h]:mm:ss", "[mm]:ss"}) EXPECT_EQ(sheet_format_of(code), SheetFormat::duration) << code;
  for (const auto* code :
       {"General", "0.00E+00", "#,##0.00", "0\" days\"", "[Red]0", "[$USD] #,##0", "@", "", "\"", "[", "0;dd"}) {
    EXPECT_EQ(sheet_format_of(code), SheetFormat::number) << code;
  }
}

TEST(SheetDate, IsWrittenInIso) {
  const auto date = [](std::string_view value, SheetFormat format, bool from_1904 = false) {
    return sheet_date(value, format, from_1904).value_or("as it stands");
  };
  EXPECT_EQ(date("46053", SheetFormat::date), "2026-01-31");
  EXPECT_EQ(date("46053.395833333336", SheetFormat::date_time), "2026-01-31 09:30:00");
  EXPECT_EQ(date("46053.395833333336", SheetFormat::date), "2026-01-31");
  EXPECT_EQ(date("0.99999999", SheetFormat::duration), "24:00:00");
  EXPECT_EQ(date("1.1458333333333333", SheetFormat::duration), "27:30:00");
  EXPECT_EQ(date("0.5", SheetFormat::time), "12:00:00");
  EXPECT_EQ(date("1", SheetFormat::date), "1900-01-01");
  EXPECT_EQ(date("61", SheetFormat::date), "1900-03-01");
  EXPECT_EQ(date("44591", SheetFormat::date, true), "2026-01-31");
  EXPECT_EQ(date("2958465", SheetFormat::date), "9999-12-31");
  for (const auto* value : {"60", "0", "-1", "2958466", "1e300", "nan", "inf", "#N/A", "", "46053x"}) {
    EXPECT_EQ(date(value, SheetFormat::date), "as it stands") << value;
  }
  EXPECT_EQ(date("46053", SheetFormat::number), "as it stands");
}

}  // namespace
}  // namespace docmill
