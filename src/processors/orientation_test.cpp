#include "processors/orientation.hpp"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include "processors/page_test_support.hpp"

namespace docmill {
namespace {

TEST(Orientation, IsFoundWhicheverWayThePageLies) {
  const auto upright = long_page();
  for (const int quarter : {0, 1, 2, 3}) {
    Image page(pixRotateOrth(upright.pix(), quarter));
    pixSetResolution(page.pix(), 300, 300);
    const auto found = find_orientation(page);
    ASSERT_TRUE(found) << quarter;
    EXPECT_EQ(found->turn, (4 - quarter) % 4 * 90);
    EXPECT_EQ(found->script, "Latin");
  }
}

TEST(Orientation, OfItalicsIsToldByAscenders) {
  constexpr float slant = 0.24F;
  const auto upright = text_page(300, 10);
  for (const float by : {0.0F, -slant}) {
    Image page(pixHShearCenter(nullptr, upright.pix(), by, L_BRING_IN_WHITE));
    pixSetResolution(page.pix(), 300, 300);
    EXPECT_FALSE(is_upside_down(page)) << by;
    Image over(pixRotateOrth(page.pix(), 2));
    pixSetResolution(over.pix(), 300, 300);
    EXPECT_TRUE(is_upside_down(over)) << by;
  }
  EXPECT_FALSE(is_upside_down(white_page(1000, 1000)));
}

TEST(Orientation, IsNotFoundWithoutText) { EXPECT_FALSE(find_orientation(white_page(1000, 1000))); }

}  // namespace
}  // namespace docmill
