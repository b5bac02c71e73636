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

// The light rises from `darkest` at the left edge to 250 at the right.
void shade(Image& page, int darkest) {
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      const int light = darkest + (250 - darkest) * x / page.width();
      pixSetPixel(page.pix(), x, y, static_cast<l_uint32>(pixel(page, x, y) * light / 255));
    }
  }
}

TEST(Background, BecomesEvenWherePaperIsShaded) {
  auto page = text_page(300, 10);
  shade(page, 130);
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
  shade(page, 150);
  const auto result = with_even_background(page);
  ASSERT_TRUE(result);
  EXPECT_LT(pixel(result, 1000, 1000), 190);
}

TEST(Background, OfACleanPageIsLeftAlone) { EXPECT_FALSE(with_even_background(text_page(300, 10))); }

TEST(Background, ThatVariesLittleIsLeftAlone) {
  auto page = text_page(300, 10);
  shade(page, 225);
  EXPECT_GT(shading(page), 0.05);
  EXPECT_FALSE(with_even_background(page));
}

TEST(Background, IsNotSoughtWhereThereIsNoPaper) {
  auto page = text_page(300, 10);
  pixInvert(page.pix(), page.pix());
  EXPECT_FALSE(with_even_background(page));
}

}  // namespace
}  // namespace docmill
