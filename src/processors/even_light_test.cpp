#include "processors/even_light.hpp"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include "processors/page_measure.hpp"
#include "processors/page_test_support.hpp"

namespace docmill {
namespace {

int pixel(const Image& image, int x, int y) {
  l_uint32 value = 0;
  EXPECT_EQ(pixGetPixel(image.pix(), x, y, &value), 0);
  return static_cast<int>(value);
}

TEST(Background, BecomesEvenWherePaperIsShaded) {
  const auto clean = text_page(300, 10);
  auto page = Image(pixCopy(nullptr, clean.pix()));
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      const int light = 130 + 120 * x / page.width();
      pixSetPixel(page.pix(), x, y, static_cast<l_uint32>(pixel(clean, x, y) * light / 255));
    }
  }
  const auto result = with_even_background(page);
  ASSERT_TRUE(result);
  for (const int x : {50, 600, 1240, 1900, 2430}) EXPECT_NEAR(pixel(result, x, 100), 250, 8) << x;
  EXPECT_LT(measure_tones(result).ink, 20);
}

TEST(Background, LeavesAPictureDark) {
  auto page = text_page(300, 10);
  for (int y = 700; y < 1300; ++y) {
    for (int x = 400; x < 1600; ++x) pixSetPixel(page.pix(), x, y, 60);
  }
  const auto result = with_even_background(page);
  ASSERT_TRUE(result);
  EXPECT_LT(pixel(result, 1000, 1000), 190);
}

TEST(Background, OfACleanPageIsLeftAlone) { EXPECT_FALSE(with_even_background(text_page(300, 10))); }

}  // namespace
}  // namespace docmill
