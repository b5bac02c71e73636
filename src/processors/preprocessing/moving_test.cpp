#include "processors/preprocessing/moving.hpp"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include <cmath>
#include <numbers>

#include "processors/page_measure.hpp"
#include "processors/page_test_support.hpp"

namespace docmill::preprocessing {
namespace {

int pixel(const Image& image, double x, double y) {
  constexpr int outside = 255;
  l_uint32 value = 0;
  const auto column = static_cast<int>(std::lround(x));
  const auto row = static_cast<int>(std::lround(y));
  return pixGetPixel(image.pix(), column, row, &value) == 0 ? static_cast<int>(value) : outside;
}

Sheet sheet_of(Image image) {
  Sheet sheet;
  sheet.image = std::move(image);
  return sheet;
}

// The mean difference between `sheet` and what its way back finds on `page`.
double difference_on_the_way_back(const Sheet& sheet, const Image& page) {
  double sum = 0;
  int count = 0;
  for (int y = 10; y < sheet.image.height() - 10; y += 5) {
    for (int x = 10; x < sheet.image.width() - 10; x += 5) {
      const auto there = sheet.way_back.to_page(Point{static_cast<double>(x), static_cast<double>(y)});
      if (pixel(sheet.image, x, y) > 128 && pixel(page, there.x, there.y) > 128) continue;
      sum += std::abs(pixel(sheet.image, x, y) - pixel(page, there.x, there.y));
      ++count;
    }
  }
  EXPECT_GT(count, 200);
  return sum / count;
}

TEST(Gutter, OfADoublePageIsFound) {
  auto page = white_page(3600, 2000);
  for (const int left : {150, 1950}) {
    for (int y = 200; y < 1800; y += 80) write(page, left, y, "while the minister answered none", 10);
  }
  const auto gutter = find_gutter(page);
  ASSERT_TRUE(gutter);
  EXPECT_NEAR(*gutter, 1800, 180);
  for (int x = 1860; x < 1940; ++x) {
    for (int y = 0; y < page.height(); ++y) pixSetPixel(page.pix(), x, y, 120);
  }
  EXPECT_NEAR(*find_gutter(page), 1900, 45);
}

TEST(Gutter, IsNotWhereTextRunsAcross) {
  auto page = white_page(3600, 2000);
  for (int y = 200; y < 1800; y += 40) {
    for (const int x : {150, 1300, 2300}) write(page, x + y % 7 * 10, y, text_lines[2], 10);
  }
  EXPECT_FALSE(find_gutter(page));
  EXPECT_FALSE(find_gutter(text_page(300, 10)));
  EXPECT_FALSE(find_gutter(white_page(1000, 1400)));
}

TEST(Moving, OfACutLeadsBackToTheWholePage) {
  const auto page = text_page(300, 10);
  const auto right = cut(sheet_of(page.clone()), 1000, 2480);
  EXPECT_EQ(right.image.width(), 1480);
  EXPECT_EQ(difference_on_the_way_back(right, page), 0);
}

TEST(Moving, StraightensAndLeadsBack) {
  for (const double degrees : {-9.0, -0.5, 4.0}) {
    const auto radians = static_cast<float>(degrees * std::numbers::pi / 180);
    const Image page(pixRotate(long_page().pix(), radians, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 2480, 3000));
    auto sheet = sheet_of(page.clone());
    ASSERT_TRUE(straighten(sheet)) << degrees;
    EXPECT_NEAR(find_skew(sheet.image), 0, 0.1);
    EXPECT_EQ(sheet.image.dpi(), page.dpi());
    EXPECT_LT(difference_on_the_way_back(sheet, page), 70) << degrees;
  }
  auto straight = sheet_of(long_page());
  EXPECT_FALSE(straighten(straight));
}

// A page full of lines that hang through by so many pixels.
Image curved_page(double depth) {
  const auto flat = long_page();
  auto curved = white_page(flat.width(), flat.height());
  for (int y = 60; y < flat.height(); ++y) {
    for (int x = 0; x < flat.width(); ++x) {
      const auto lower_by = static_cast<int>(depth * std::sin(x * std::numbers::pi / flat.width()));
      pixSetPixel(curved.pix(), x, y, static_cast<l_uint32>(pixel(flat, x, y - lower_by)));
    }
  }
  return curved;
}

TEST(Moving, FlattensCurvedLinesAndLeadsBack) {
  const auto curved = curved_page(45);
  auto sheet = sheet_of(curved.clone());
  ASSERT_TRUE(flatten(sheet));
  EXPECT_LT(difference_on_the_way_back(sheet, curved), 60);
  // Straight lines leave white rows between them: how many rows are nearly white says how straight they are.
  const auto white_rows = [](const Image& image) {
    int rows = 0;
    for (int y = 0; y < image.height(); ++y) {
      bool is_white = true;
      for (int x = 200; x < 2200 && is_white; ++x) is_white = pixel(image, x, y) > 128;
      rows += is_white ? 1 : 0;
    }
    return rows;
  };
  EXPECT_GT(white_rows(sheet.image), white_rows(curved) + 300);
  auto empty = sheet_of(white_page(1000, 1000));
  EXPECT_FALSE(flatten(empty));
}

TEST(Moving, FlattensOnlyWhatIsBentByMoreThanALetter) {
  for (const double depth : {0.0, 15.0}) {
    auto sheet = sheet_of(curved_page(depth));
    EXPECT_FALSE(flatten(sheet)) << depth;
  }
}

TEST(Moving, ChangesTheResolutionAndLeadsBack) {
  const auto page = text_page(300, 10);
  for (const int dpi : {150, 450}) {
    auto sheet = sheet_of(page.clone());
    ASSERT_TRUE(change_resolution(sheet, dpi));
    EXPECT_EQ(sheet.image.dpi(), dpi);
    EXPECT_NEAR(sheet.image.width(), 2480 * dpi / 300, 1);
    const auto there = sheet.way_back.to_page(Point{100, 100});
    EXPECT_NEAR(there.x, 100 * 300.0 / dpi, 1);
  }
  auto same = sheet_of(page.clone());
  EXPECT_FALSE(change_resolution(same, 300));
}

}  // namespace
}  // namespace docmill::preprocessing
