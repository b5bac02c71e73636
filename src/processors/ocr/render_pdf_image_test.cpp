#include <leptonica/allheaders.h>

#include <functional>

#include "documents/image.hpp"
#include "processors/ocr/render_pdf_test_support.hpp"

namespace docmill::ocr {
namespace {

constexpr int width = 200;
constexpr int height = 100;

// Gray, with a dark upper left quarter, so that every turn looks different from the others.
Image picture(int depth) {
  Image image(pixCreate(width, height, depth));
  pixSetAll(image.pix());
  if (depth == 1) pixClearAll(image.pix());
  const l_uint32 dark = depth == 1 ? 1 : depth == 32 ? 0x20406000 : 0x20;
  for (int y = 0; y < height / 2; ++y) {
    for (int x = 0; x < width / 4; ++x) pixSetPixel(image.pix(), x, y, dark);
  }
  return image;
}

using Writer = std::function<l_ok(l_uint8**, std::size_t*, Pix*)>;

std::string encoded(const Image& image, const Writer& writer) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(writer(&data, &size, image.pix()), 0);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return bytes;
}

std::string png_of(const Image& image) {
  return encoded(image, [](auto** data, auto* size, Pix* pix) { return pixWriteMemPng(data, size, pix, 0); });
}
std::string jpeg_of(const Image& image) {
  return encoded(image, [](auto** data, auto* size, Pix* pix) { return pixWriteMemJpeg(data, size, pix, 95, 0); });
}

// A JPEG whose EXIF data ask for a turn.
std::string turned_jpeg(const Image& image, char orientation) {
  auto jpeg = jpeg_of(image);
  const std::string tiff = std::string("MM\0\x2A\0\0\0\x08", 8) + std::string("\0\1\1\x12\0\3\0\0\0\1\0", 11) +
                           orientation + std::string("\0\0\0\0\0\0", 6);
  const auto exif = std::string("Exif\0\0", 6) + tiff;
  return jpeg.insert(2, std::string("\xFF\xE1\0", 3) + static_cast<char>(exif.size() + 2) + exif);
}

RenderSource image_source(DocumentType type, const Descriptor& file, int page_count = 1) {
  RenderSource source;
  source.name = "a.image";
  source.type = type;
  source.page_count = page_count;
  source.descriptor = file.get();
  return source;
}

// The page as recognised: 100 dpi, one word.
TextPage recognised(int number, double page_width = width, double page_height = height) {
  auto page = page_with_word("Word", {20, 60, 80, 80}, page_width, page_height);
  page.number = number;
  page.dpi = 100;
  return page;
}

std::string render_image(DocumentType type, const std::string& bytes, const std::vector<TextPage>& pages,
                         int count = 1) {
  const auto file = memory_file(bytes);
  return render("pdf", pages, image_source(type, file, count));
}

// Brightness at the middle of a quarter of the page, drawn at 72 dpi.
int brightness(const std::string& pdf, bool right, bool lower, int number = 1) {
  const auto document = open_with_poppler(pdf);
  const std::unique_ptr<poppler::page> page(document->create_page(number - 1));
  const auto image = poppler::page_renderer().render_page(page.get(), 72, 72);
  // The picture's dark part is a quarter of its long side and half of its short one.
  const int x = right ? image.width() - 10 : 10;
  const int y = lower ? image.height() - 10 : 10;
  const auto at = static_cast<std::size_t>(y * image.bytes_per_row() + x * 4);
  return static_cast<unsigned char>(image.const_data()[at]);
}

void expect_dark_corner(const std::string& pdf, bool right, bool lower) {
  for (const bool at_right : {false, true}) {
    for (const bool at_bottom : {false, true}) {
      const bool is_dark = brightness(pdf, at_right, at_bottom) < 128;
      EXPECT_EQ(is_dark, at_right == right && at_bottom == lower) << "right " << at_right << ", bottom " << at_bottom;
    }
  }
}

void expect_page_of(const std::string& pdf, double expected_width, double expected_height, int number = 1) {
  const auto document = open_with_poppler(pdf);
  const std::unique_ptr<poppler::page> page(document->create_page(number - 1));
  EXPECT_NEAR(page->page_rect().width(), expected_width, 0.1);
  EXPECT_NEAR(page->page_rect().height(), expected_height, 0.1);
}

TEST(PdfOfImages, ShowsImagesOfEveryDepthAtTheirResolution) {
  for (const int depth : {1, 8, 32}) {
    const auto pdf = render_image(DocumentType::png, png_of(picture(depth)), {recognised(1)});
    expect_page_of(pdf, 144, 72);
    expect_dark_corner(pdf, false, false);
    const auto words = words_of(pdf);
    ASSERT_EQ(words.size(), 1U);
    EXPECT_NEAR(words[0].second.left, 14.4, 0.5);
    EXPECT_NEAR(words[0].second.top, 43.2, 0.5);
  }
}

TEST(PdfOfImages, EmbedsTheBytesOfAJpeg) {
  const auto jpeg = jpeg_of(picture(8));
  const auto pdf = render_image(DocumentType::jpeg, jpeg, {recognised(1)});
  EXPECT_NE(pdf.find(jpeg), std::string::npos);
  expect_dark_corner(pdf, false, false);
}

TEST(PdfOfImages, TurnsAJpegAsItsExifDataAsk) {
  struct Turn {
    char orientation;
    bool right;
    bool lower;
  };
  // Where the dark corner of the stored picture is shown.
  for (const auto& turn : std::vector<Turn>{{1, false, false},
                                            {2, true, false},
                                            {3, true, true},
                                            {4, false, true},
                                            {5, false, false},
                                            {6, true, false},
                                            {7, true, true},
                                            {8, false, true}}) {
    SCOPED_TRACE(static_cast<int>(turn.orientation));
    const bool is_sideways = turn.orientation >= 5;
    const auto page = is_sideways ? recognised(1, height, width) : recognised(1);
    const auto pdf = render_image(DocumentType::jpeg, turned_jpeg(picture(8), turn.orientation), {page});
    expect_page_of(pdf, is_sideways ? 72 : 144, is_sideways ? 144 : 72);
    expect_dark_corner(pdf, turn.right, turn.lower);
  }
}

TEST(PdfOfImages, EmbedsAPngWithoutDecodingIt) {
  const auto png = png_of(picture(8));
  const auto begin = png.find("IDAT") + 4;
  const auto pdf = render_image(DocumentType::png, png, {recognised(1)});
  EXPECT_NE(pdf.find(png.substr(begin, 20)), std::string::npos);
}

TEST(PdfOfImages, ShowsAPngWithAPalette) {
  const Image image(pixConvertTo4(picture(8).pix()));
  auto* map = pixcmapCreateLinear(4, 16);
  pixSetColormap(image.pix(), map);
  expect_dark_corner(render_image(DocumentType::png, png_of(image), {recognised(1)}), false, false);
}

TEST(PdfOfImages, ShowsTransparencyOnWhite) {
  const auto image = picture(32);
  pixSetSpp(image.pix(), 4);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool is_opaque = x < width / 4 && y < height / 2;
      pixSetPixel(image.pix(), x, y, is_opaque ? 0x204060FF : 0x00000000);
    }
  }
  expect_dark_corner(render_image(DocumentType::png, png_of(image), {recognised(1)}), false, false);
}

TEST(PdfOfImages, ShowsEveryKindOfFileThatLeptonicaWrites) {
  const auto bmp =
      encoded(picture(8), [](auto** data, auto* size, Pix* pix) { return pixWriteMemBmp(data, size, pix); });
  expect_dark_corner(render_image(DocumentType::bmp, bmp, {recognised(1)}), false, false);
  const auto pnm =
      encoded(picture(8), [](auto** data, auto* size, Pix* pix) { return pixWriteMemPnm(data, size, pix); });
  expect_dark_corner(render_image(DocumentType::pnm, pnm, {recognised(1)}), false, false);
  const auto webp =
      encoded(picture(32), [](auto** data, auto* size, Pix* pix) { return pixWriteMemWebP(data, size, pix, 80, 0); });
  expect_dark_corner(render_image(DocumentType::webp, webp, {recognised(1)}), false, false);
  const auto jp2 = encoded(
      picture(32), [](auto** data, auto* size, Pix* pix) { return pixWriteMemJp2k(data, size, pix, 40, 0, 0, 0); });
  expect_dark_corner(render_image(DocumentType::jpeg2000, jp2, {recognised(1)}), false, false);
}

std::string multipage_tiff() {
  Pixa* pages = pixaCreate(3);
  for (const int depth : {1, 8, 32}) {
    auto image = picture(depth);
    pixSetResolution(image.pix(), 200, 200);
    pixaAddPix(pages, image.pix(), L_CLONE);
  }
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(pixaWriteMemMultipageTiff(&data, &size, pages), 0);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  pixaDestroy(&pages);
  return bytes;
}

TEST(PdfOfImages, MakesAPageOfEachPageOfATiffAskedForOrNot) {
  const auto pdf = render_image(DocumentType::tiff, multipage_tiff(), {recognised(2)}, 3);
  EXPECT_EQ(open_with_poppler(pdf)->pages(), 3);
  expect_page_of(pdf, 72, 36, 1);   // at the file's 200 dpi
  expect_page_of(pdf, 144, 72, 2);  // at the 100 dpi of the recognised page
  for (int number = 1; number <= 3; ++number) {
    EXPECT_LT(brightness(pdf, false, false, number), 128);
    EXPECT_GT(brightness(pdf, true, true, number), 128);
    EXPECT_EQ(words_of(pdf, number).size(), number == 2 ? 1U : 0U);
  }
  EXPECT_NE(pdf.find("/CCITTFaxDecode"), std::string::npos);
}

TEST(PdfOfImages, LeavesAnEmptyPageForAnImageThatCannotBeDecoded) {
  auto page = recognised(1);
  page.status = PageStatus::failed;
  page.blocks.clear();
  const auto pdf = render_image(DocumentType::webp, "RIFF\x10\0\0\0WEBPdamaged", {page});
  EXPECT_EQ(open_with_poppler(pdf)->pages(), 1);
  EXPECT_GT(brightness(pdf, false, false), 128);
}

TEST(PdfOfImages, DoesNotDecodeImagesThatAreTooLarge) {
  const auto bmp =
      encoded(picture(8), [](auto** data, auto* size, Pix* pix) { return pixWriteMemBmp(data, size, pix); });
  const auto file = memory_file(bmp);
  auto source = image_source(DocumentType::bmp, file);
  source.max_pixels = width * height - 1;
  EXPECT_GT(brightness(render("pdf", {recognised(1)}, source), false, false), 128);
  source.max_pixels = width * height;
  EXPECT_LT(brightness(render("pdf", {recognised(1)}, source), false, false), 128);
}

TEST(PdfOfImages, KeepsPagesWithinWhatPdfAllows) {
  auto page = recognised(1);
  page.dpi = 0.5;
  expect_page_of(render_image(DocumentType::png, png_of(picture(8)), {page}), 14'400, 7'200);
}

}  // namespace
}  // namespace docmill::ocr
