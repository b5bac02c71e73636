#include "documents/text/sheet_numbers.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

TEST(SheetNumber, IsShownInItsFormat) {
  struct Case {
    std::string_view value;
    std::string_view code;
    std::string_view shown;
  };
  for (const auto& [value, code, shown] : {
           Case{"1599.99", "#,##0.00", "1,599.99"},
           Case{"-1599.99", "#,##0.00", "-1,599.99"},
           Case{"1234567.891", "#,##0", "1,234,568"},
           Case{"999", "#,##0", "999"},
           Case{"-1599.99", "$#,##0.00;[Red]($#,##0.00)", "($1,599.99)"},
           Case{"1599.99", "$#,##0.00;[Red]($#,##0.00)", "$1,599.99"},
           Case{"12.5", "#,##0.00\\ [$€-407]", "12.50 €"},
           Case{"0", "0.00;-0.00;\"none\"", "none"},
           Case{"0.025", "0%", "3%"},
           Case{"0.025", "0.0%", "2.5%"},
           Case{"0.5", "#.##", ".5"},
           Case{"2", "#.##", "2"},
           Case{"2.5", "0.0#?", "2.5"},
           Case{"7", "000", "007"},
           Case{"1234567", "0.0,,\" M\"", "1.2 M"},
           Case{"1.005", "0.00", "1.01"},
           Case{"-1234.5", "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)", "(1,234.50)"},
           Case{"3", "\"item \"0", "item 3"},
           Case{"12345", "0.00E+00", "1.23E+04"},
           Case{"-0.00012345", "0.00E+00", "-1.23E-04"},
           Case{"9.996", "0.00E+00", "1.00E+01"},
           Case{"0", "0.00E+00", "0.00E+00"},
           Case{"12345", "##0.0E+0", "12.3E+3"},
           Case{"0.012", "##0.0E+0", "12.0E-3"},
           Case{"1e300", "0E-0\" kg\"", "1E300 kg"},
           Case{"1e-310", "0.0E+00", "1.0E-310"},
           Case{"0.5", "# ?/?", "1/2"},
           Case{"2.375", "# ?/?", "2 3/8"},
           Case{"2.375",
                "#\\ ?"
                "?/16",
                "2 6/16"},
           Case{"2.999", "# ?/?", "3"},
           Case{"0", "# ?/?", "0"},
           Case{"3.14159265",
                "# ??"
                "?/???",
                "3 16/113"},
           Case{"-1.25", "# ?/?", "-1 1/4"},
           Case{"1.5", "?/?\" in\"", "3/2 in"},
           Case{"0.25", "?/100", "25/100"},
       }) {
    EXPECT_EQ(shown_number(value, code), shown) << value << " in " << code;
  }
}

TEST(SheetNumber, IsPlainWhereItsFormatSaysNothingKnown) {
  for (const std::string_view code : {"General", "", "?/", "/?", "E+00", "0/0.0E+0/0", "@", "[>100]0;0.0",
                                      "000-00-0000", "0;\"", "[", ";", "\\", "0.0E"}) {
    const auto shown = shown_number("2.5000000000000001E-2", code);
    EXPECT_TRUE(shown == "0.025" || shown == "0" || shown.empty()) << code << ": " << shown;
  }
  EXPECT_EQ(shown_number("2.5000000000000001E-2", "?/"), "0.025");
  EXPECT_EQ(shown_number("1e300", "# ?/?"), "1e+300");
  EXPECT_EQ(shown_number("12345678901234567890", "#,##0"), "12345678901234567890");
  EXPECT_EQ(shown_number("1e300", "0.00"), "1e+300");
  EXPECT_EQ(shown_number("no number", "0.00"), "no number");
}

TEST(SheetNumber, HasTheDigitsThatWereTyped) {
  EXPECT_EQ(plain_number("19.989999999999998"), "19.99");
  EXPECT_EQ(plain_number("12345678901234567"), "12345678901234567");
  EXPECT_EQ(plain_number("#DIV/0!"), "#DIV/0!");
}

}  // namespace
}  // namespace docmill
