#include "processors/preprocessing/cleaning.hpp"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include "processors/binarize.hpp"
#include "processors/page_measure.hpp"
#include "processors/page_test_support.hpp"

namespace docmill::preprocessing {
namespace {

int pixel(const Image& image, int x, int y) {
  l_uint32 value = 0;
  EXPECT_EQ(pixGetPixel(image.pix(), x, y, &value), 0);
  return static_cast<int>(value);
}

// Largest difference of two gray images of the same size.
int largest_difference(const Image& a, const Image& b) {
  const Image difference(pixAbsDifference(a.pix(), b.pix()));
  l_int32 largest = 0;
  pixGetExtremeValue(difference.pix(), 1, L_SELECT_MAX, nullptr, nullptr, nullptr, &largest);
  return largest;
}

Image copy_of(const Image& image) { return Image(pixCopy(nullptr, image.pix())); }

TEST(Borders, ThatAreDarkBecomePaperAndTextStays) {
  const auto clean = text_page(300, 10);
  auto page = copy_of(clean);
  fill(page, 0, 0, 120, page.height());
  fill(page, 0, page.height() - 90, page.width(), 90);
  const auto result = without_borders(page);
  ASSERT_TRUE(result);
  EXPECT_LT(largest_difference(result, clean), 40);
}

TEST(Borders, OfOneLevelAreDarkHoweverCommonThatIs) {
  auto page = text_page(300, 10);
  pixAddConstantGray(page.pix(), -30);
  auto paper = copy_of(page);  // of many levels, as paper is
  pixAddGaussianNoise(paper.pix(), 6);
  constexpr int lid = 150;
  fill(paper, 0, 0, lid, paper.height());
  fill(paper, paper.width() - lid, 0, lid, paper.height());
  fill(paper, 0, 0, paper.width(), lid);
  fill(paper, 0, paper.height() - lid, paper.width(), lid);
  const auto result = without_borders(paper);
  ASSERT_TRUE(result);
  EXPECT_GT(pixel(result, lid / 2, lid / 2), 200);
}

// `page` in the shadow of a spine: half as bright at its left edge, and full from `width` on.
Image shadowed(const Image& page, int width) {
  auto result = copy_of(page);
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < width; ++x) {
      const int light = 50 + 50 * x / width;
      pixSetPixel(result.pix(), x, y, static_cast<l_uint32>(pixel(page, x, y) * light / 100));
    }
  }
  return result;
}

TEST(Borders, ThatAreInTheShadowBecomeBrightAndTheirTextStays) {
  const auto clean = text_page(300, 10);
  const auto page = shadowed(clean, 200);
  ASSERT_LT(pixel(page, 20, 700), 150);
  const auto result = without_borders(page);
  ASSERT_TRUE(result);
  EXPECT_GT(pixel(result, 20, 700), 200);
  EXPECT_LT(largest_difference(result, clean), 80);
}

TEST(Borders, AreNotThoseOfAPictureThatReachesIntoThePage) {
  auto page = text_page(300, 10);
  fill(page, 0, 800, 1500, 600);
  EXPECT_FALSE(without_borders(page));
}

TEST(Borders, OfACleanPageAreLeftAlone) { EXPECT_FALSE(without_borders(text_page(300, 10))); }

TEST(Contrast, OfAPalePageIsFull) {
  auto page = text_page(300, 10);
  pixMultConstantGray(page.pix(), 0.2F);
  pixAddConstantGray(page.pix(), 160);
  const auto result = with_full_contrast(page);
  ASSERT_TRUE(result);
  const auto tones = measure_tones(result);
  EXPECT_EQ(tones.paper, 255);
  EXPECT_LT(tones.ink, 40);
}

TEST(Contrast, KeepsPalerStrokes) {
  auto page = text_page(300, 10);
  pixMultConstantGray(page.pix(), 0.2F);
  pixAddConstantGray(page.pix(), 160);
  constexpr int paper = 160 + 51;
  for (int x = 1500; x < 1600; ++x) pixSetPixel(page.pix(), x, 1000, paper - 4);
  const auto result = with_full_contrast(page);
  ASSERT_TRUE(result);
  EXPECT_LT(pixel(result, 1550, 1000), 245);
}

TEST(Contrast, MakesGrainyPaperWhite) {
  auto page = text_page(300, 10);
  pixMultConstantGray(page.pix(), 0.2F);
  pixAddConstantGray(page.pix(), 160);
  const Image grainy(pixAddGaussianNoise(page.pix(), 2));
  const auto result = with_full_contrast(grainy);
  ASSERT_TRUE(result);
  EXPECT_EQ(measure_tones(result).paper, 255);
  EXPECT_GT(1 - ink_share(result, 255, 8), 0.8);
}

TEST(Contrast, IsLeftAloneWhereItIsFull) { EXPECT_FALSE(with_full_contrast(text_page(300, 10))); }

TEST(Specks, AreTakenAwayAndDotsOfLettersStay) {
  const auto clean = text_page(300, 10);
  auto page = copy_of(clean);
  for (int i = 0; i < 500; ++i) fill(page, 20 + i * 37 % 2400, 10 + i * 53 % 190, 2, 2);
  const auto result = without_specks(page);
  ASSERT_TRUE(result);
  EXPECT_EQ(largest_difference(result, clean), 0);
}

TEST(Specks, AreNotToldFromDotsWhereLettersAreSmall) {
  const Image page(pixScaleAreaMap(text_page(300, 10).pix(), 0.35F, 0.35F));  // about 105 dpi
  const double x_height = measure_page(page).x_height;
  EXPECT_GT(x_height, 0);
  EXPECT_LT(x_height, 12);
  auto dotted = copy_of(page);
  fill(dotted, 400, 20, 2, 2);
  EXPECT_FALSE(without_specks(dotted));
}

// Spots of two pixels in rows, 25 pixels apart.
void spot(Image& page, int first_row, int row_step, int rows) {
  for (int row = 0; row < rows; ++row) {
    for (int x = 310; x < 1000; x += 25) fill(page, x, first_row + row * row_step, 2, 2);
  }
}

TEST(Specks, AreSmoothedAsLongAsTheyAreDarkBesidePalePrint) {
  auto page = text_page(300, 10);
  pixMultConstantGray(page.pix(), 0.15F);
  pixAddConstantGray(page.pix(), 180);
  const Image grainy(pixAddGaussianNoise(page.pix(), 10));
  const auto result = without_specks(grainy);
  ASSERT_TRUE(result);
  const auto tones = measure_tones(result);
  EXPECT_LT(coarse_noise(result), 0.1 * (tones.paper - tones.ink));
  const auto sharp = with_full_contrast(result);
  ASSERT_TRUE(sharp);
  EXPECT_LT(ink_share(sharp, 255, 100), 0.04);
}

TEST(Specks, ThatLieAroundLettersOnlyArePiecesOfThem) {
  constexpr int line = 10 * 300 / 72 * 3 / 2;
  auto page = text_page(300, 10);
  spot(page, 300 + 6, line, 6);  // below the baselines
  EXPECT_FALSE(without_specks(page));
}

TEST(Specks, AreTakenFromBetweenThePiecesOfLettersWhereTheyLieApart) {
  constexpr int line = 10 * 300 / 72 * 3 / 2;
  auto pieces = text_page(300, 10);
  spot(pieces, 300 + 6, line, 6);
  auto page = copy_of(pieces);
  fill(page, 2000, 1200, 2, 2);
  const auto result = without_specks(page);
  ASSERT_TRUE(result);
  EXPECT_EQ(largest_difference(result, pieces), 0);
}

TEST(Specks, OfSensorsAreSmoothed) {
  const Image grainy(pixAddGaussianNoise(text_page(300, 10).pix(), 30));
  const double before = measure_page(grainy).noise;
  EXPECT_LT(measure_page(without_specks(grainy)).noise, before / 2);
}

TEST(BlackAndWhite, FollowsTheLight) {
  auto page = text_page(300, 10);
  for (int y = 0; y < page.height(); ++y) {
    for (int x = 0; x < page.width(); ++x) {
      pixSetPixel(page.pix(), x, y, static_cast<l_uint32>(pixel(page, x, y) * (90 + 160 * x / page.width()) / 255));
    }
  }
  const auto result = in_black_and_white(page);
  ASSERT_TRUE(result);
  EXPECT_EQ(result.depth(), 1);
  EXPECT_EQ(result.dpi(), 300);
  for (const int x : {50, 600, 1240, 1900, 2430}) EXPECT_EQ(pixel(result, x, 100), 0) << x;
  l_float32 share = 0;
  pixForegroundFraction(result.pix(), &share);
  EXPECT_GT(share, 0.005F);
  EXPECT_LT(share, 0.1F);
}

}  // namespace
}  // namespace docmill::preprocessing
