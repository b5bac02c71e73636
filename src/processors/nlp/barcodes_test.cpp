#include "processors/nlp/barcodes.hpp"

#include <BitMatrix.h>
#include <MultiFormatWriter.h>
#include <gmock/gmock.h>
#include <leptonica/allheaders.h>

namespace docmill::nlp {
namespace {

Image white(int width, int height) {
  Pix* const pix = pixCreate(width, height, 8);
  pixSetAll(pix);
  return Image(pix);
}

// Draws a code with its corner at (x, y).
void draw(Image& page, ZXing::BarcodeFormat format, const std::wstring& text, int x, int y, int width, int height) {
  ZXing::MultiFormatWriter writer(format);
  writer.setMargin(10);
  const auto bits = writer.encode(text, width, height);
  for (int row = 0; row < bits.height(); ++row) {
    for (int column = 0; column < bits.width(); ++column) {
      if (bits.get(column, row)) pixSetPixel(page.pix(), x + column, y + row, 0);
    }
  }
}

TEST(Barcodes, AreFoundAllOnAPage) {
  auto page = white(1200, 900);
  draw(page, ZXing::BarcodeFormat::QRCode, L"https://example.com/grüße", 100, 100, 300, 300);
  draw(page, ZXing::BarcodeFormat::EAN13, L"4006381333931", 600, 600, 400, 150);
  const auto found = find_barcodes(page);
  ASSERT_EQ(found.size(), 2U);
  const bool qr_first = found[0].format == "QRCode";
  const auto& qr = found[qr_first ? 0 : 1];
  const auto& ean = found[qr_first ? 1 : 0];
  EXPECT_EQ(qr.format, "QRCode");
  EXPECT_EQ(qr.text, "https://example.com/grüße");
  EXPECT_EQ(ean.format, "EAN-13");
  EXPECT_EQ(ean.text, "4006381333931");
  EXPECT_GT(qr.box.left, 99);
  EXPECT_LT(qr.box.right, 401);
  EXPECT_GT(ean.box.left, 599);
}

TEST(Barcodes, AreFoundTurned) {
  auto page = white(600, 600);
  draw(page, ZXing::BarcodeFormat::Code128, L"DOCMILL-42", 50, 200, 500, 120);
  const Image turned(pixRotate90(page.pix(), 1));
  const auto found = find_barcodes(turned);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text, "DOCMILL-42");
}

TEST(Barcodes, AreFoundWhiteOnBlack) {
  auto page = white(1200, 900);
  draw(page, ZXing::BarcodeFormat::QRCode, L"black on white", 100, 100, 300, 300);
  auto code = white(400, 400);
  draw(code, ZXing::BarcodeFormat::QRCode, L"white on black", 50, 50, 300, 300);
  pixRasterop(page.pix(), 600, 300, 400, 400, PIX_NOT(PIX_SRC), code.pix(), 0, 0);
  const auto found = find_barcodes(page);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "black on white");
  EXPECT_EQ(found[1].text, "white on black");
  EXPECT_GT(found[1].box.left, 649);
  EXPECT_LT(found[1].box.right, 951);
}

TEST(Barcodes, AreNotInventedOnPaper) {
  EXPECT_TRUE(find_barcodes(white(800, 600)).empty());
  EXPECT_TRUE(find_barcodes(white(1, 1)).empty());
  auto bitonal = Image(pixCreate(100, 100, 1));
  EXPECT_TRUE(find_barcodes(bitonal).empty());
}

}  // namespace
}  // namespace docmill::nlp
