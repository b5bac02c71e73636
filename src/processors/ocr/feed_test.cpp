#include "processors/ocr/feed.hpp"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include <cmath>
#include <numbers>

#include "processors/page_measure.hpp"
#include "processors/page_test_support.hpp"
#include "processors/pix.hpp"

namespace docmill::ocr {
namespace {

// The box of what is dark in `image`.
Box dark_box(const Image& image) {
  Box box{1e9, 1e9, -1, -1};
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      l_uint32 value = 255;
      pixGetPixel(image.pix(), x, y, &value);
      if (value >= 128) continue;
      box.left = std::min(box.left, static_cast<double>(x));
      box.top = std::min(box.top, static_cast<double>(y));
      box.right = std::max(box.right, x + 1.0);
      box.bottom = std::max(box.bottom, y + 1.0);
    }
  }
  return box;
}

void expect_near(const Box& found, const Box& expected, double tolerance) {
  EXPECT_NEAR(found.left, expected.left, tolerance);
  EXPECT_NEAR(found.top, expected.top, tolerance);
  EXPECT_NEAR(found.right, expected.right, tolerance);
  EXPECT_NEAR(found.bottom, expected.bottom, tolerance);
}

// `gray` scaled, given room and turned as feed() does it, and the way back.
struct Moved {
  Image image;
  WayBack way_back;
};

Moved moved(const Image& gray, double scale, double degrees) {
  Turn::Steps steps;
  steps.scale = scale;
  const auto factor = static_cast<float>(scale);
  const Image small(pixScaleAreaMap(gray.pix(), factor, factor));
  steps.width = small.width();
  steps.height = small.height();
  steps.pad_x = 40;
  steps.pad_y = 50;
  steps.radians = degrees * std::numbers::pi / 180;
  const Image padded(pixAddBorderGeneral(small.pix(), 40, 40, 50, 50, 255));
  WayBack way_back;
  way_back.add(Turn(steps));
  return {Image(pixRotateAMGray(padded.pix(), static_cast<float>(steps.radians), 255)), std::move(way_back)};
}

TEST(WayBack, LeadsFromATurnedAndScaledSquareToItsPlace) {
  for (const double degrees : {-3.0, -0.7, 0.0, 1.5, 4.0}) {
    for (const auto& corner : {std::pair{100, 120}, {1700, 90}, {80, 2300}, {1650, 2350}}) {
      auto page = white_page(1800, 2500);
      fill(page, corner.first, corner.second, 12, 12);
      const auto fed = moved(page, 0.5, degrees);
      const Box expected{static_cast<double>(corner.first), static_cast<double>(corner.second), corner.first + 12.0,
                         corner.second + 12.0};
      expect_near(fed.way_back.to_page(dark_box(fed.image)), expected, 4);
    }
  }
}

TEST(WayBack, LeadsFromAPageThatWasTurnedUprightToItsPlace) {
  for (const int turn : {90, 180, 270}) {
    constexpr float askew = 1.5F * std::numbers::pi_v<float> / 180;
    const Image page(pixRotate(long_page().pix(), askew, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
    const auto fed = owned(pixRotateOrth(page.pix(), (360 - turn) / 90));
    pixSetResolution(fed.pix(), 300, 300);
    const auto upright = turned(fed, turn);
    EXPECT_NEAR(upright.skew, -1.5, 0.1) << turn;
    EXPECT_EQ(upright.image.dpi(), fed.dpi());
    EXPECT_NEAR(find_skew(upright.image), 0, 0.1) << turn;
    expect_near(upright.way_back.to_page(dark_box(upright.image)), dark_box(fed), 80);  // the corners of a slanted box
  }
}

TEST(WayBack, OfALineOnItsSideHasNoBaseline) {
  Line line;
  line.box = {100, 500, 900, 530};
  line.baseline_offset = -6;
  std::vector<Block> blocks{Block{line.box, {Paragraph{line.box, {line}}}}};
  WayBack way_back;
  way_back.add(quarter_turns(90, 1400, 1000));
  way_back.to_page(blocks);
  const auto& back = blocks[0].paragraphs[0].lines[0];
  expect_near(back.box, {500, 100, 530, 900}, 0);
  EXPECT_EQ(back.baseline_slope, 0);
  EXPECT_EQ(back.baseline_offset, 0);
}

TEST(WayBack, TurnsBaselines) {
  Turn::Steps steps;
  steps.scale = 0.5;
  steps.width = 1000;
  steps.height = 1400;
  steps.radians = 2 * std::numbers::pi / 180;
  Line line;
  line.box = {100, 500, 900, 530};
  line.baseline_offset = -6;
  std::vector<Block> blocks{Block{line.box, {Paragraph{line.box, {line}}}}};
  WayBack way_back;
  way_back.add(Turn(steps));
  way_back.to_page(blocks);
  const auto& turned = blocks[0].paragraphs[0].lines[0];
  EXPECT_NEAR(turned.baseline_slope, -std::tan(steps.radians), 1e-6);
  // The middle of the baseline, which was at (500, 524) of the fed page.
  const double middle = (turned.box.left + turned.box.right) / 2;
  EXPECT_NEAR(turned.baseline_at(middle), (700 + (524 - 700) * std::cos(steps.radians)) / 0.5, 2);
}

TEST(Feed, BringsTextToTheHeightThatTheEngineWants) {
  const auto large = feed(text_page(300, 14));
  const auto small = feed(text_page(300, 8));
  const double large_height = measure_page(large.image).x_height;
  const double small_height = measure_page(small.image).x_height;
  EXPECT_NEAR(large_height, small_height, 4);
}

TEST(Feed, GivesTheResolutionThatFitsTheTextWhateverThePagesIs) {
  for (const int dpi : {72, 300, 600}) {
    const Image page = text_page(dpi, 10);
    const Image small = text_page(300, 6);
    pixSetResolution(small.pix(), dpi, dpi);
    EXPECT_EQ(feed(page).image.dpi(), 200) << dpi;
    EXPECT_EQ(feed(small).image.dpi(), 200) << dpi;
  }
}

TEST(Feed, StraightensAPageAndFindsTheWayBack) {
  const auto straight = long_page();
  for (const double degrees : {1.7, 6.8, -10.0}) {
    const auto radians = static_cast<float>(degrees * std::numbers::pi / 180);
    const Image skewed(pixRotate(straight.pix(), radians, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
    const auto fed = feed(skewed);
    EXPECT_NEAR(fed.skew, -degrees, 0.1);
    EXPECT_NEAR(measure_page(fed.image).skew, 0, 0.15);
    // The smallest upright box around a slanted one.
    const double corner = 3000 * std::abs(std::sin(radians));
    expect_near(fed.way_back.to_page(dark_box(fed.image)), dark_box(skewed), 2 * corner + 5);
  }
}

// Falls to a good half from the left edge to the right.
void shade(Image& page) {
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      l_uint32 value = 0;
      pixGetPixel(page.pix(), x, y, &value);
      pixSetPixel(page.pix(), x, y, value * static_cast<l_uint32>(255 - 110 * x / page.width()) / 255);
    }
  }
}

TEST(Feed, LightsPagesEvenly) {
  auto page = text_page(300, 10);
  EXPECT_LT(shading(page), 0.01);
  shade(page);
  EXPECT_GT(shading(page), 0.3);
  EXPECT_LT(shading(feed(page).image), 0.05);
}

TEST(Feed, LeavesTheImageOfThePageAsItWas) {
  const auto page = text_page(300, 10);
  const Image before(pixCopy(nullptr, page.pix()));
  static_cast<void>(feed(page));
  l_int32 same = 0;
  pixEqual(before.pix(), page.pix(), &same);
  EXPECT_EQ(same, 1);
}

TEST(Feed, TakesPagesOfOneBit) {
  const auto page = text_page(300, 10);
  const Image binary(pixThresholdToBinary(page.pix(), 128));
  const auto fed = feed(binary);
  EXPECT_EQ(fed.image.depth(), 8);
}

TEST(BlankPages, AreBlankDespiteGrainAndDust) {
  auto page = white_page(2480, 3508);
  EXPECT_TRUE(is_blank(page));
  const Image grainy(pixAddGaussianNoise(page.pix(), 12));
  EXPECT_TRUE(is_blank(grainy));
  fill(page, 1000, 1000, 4, 4);
  EXPECT_TRUE(is_blank(page));
}

// Pencil, or a printer without toner: `contrast` gray levels between ink and paper.
Image pale_page(Image page, int contrast) {
  pixMultConstantGray(page.pix(), static_cast<float>(contrast) / 255);
  pixAddConstantGray(page.pix(), 220 - contrast);
  return page;
}

TEST(BlankPages, AreNotThoseOfPalePrint) {
  for (const int contrast : {40, 30, 24}) {
    const auto page = pale_page(text_page(300, 10), contrast);
    EXPECT_FALSE(is_blank(page)) << contrast;
    const Image grainy(pixAddGaussianNoise(page.pix(), 5));
    EXPECT_FALSE(is_blank(grainy)) << contrast;
  }
}

TEST(BlankPages, AreThoseOfGrainyGrayPaper) {
  for (const float grain : {3.0F, 10.0F, 20.0F}) {
    const Image page(pixAddGaussianNoise(pale_page(white_page(2480, 3508), 40).pix(), grain));
    EXPECT_TRUE(is_blank(page)) << grain;
  }
}

TEST(BlankPages, AreNotThoseWithAWord) {
  auto page = white_page(2480, 3508);
  write(page, 1200, 1700, "page", 10);
  EXPECT_FALSE(is_blank(page));
  const Image inverted(pixInvert(nullptr, page.pix()));
  EXPECT_FALSE(is_blank(inverted));
}

}  // namespace
}  // namespace docmill::ocr
