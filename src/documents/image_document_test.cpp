// Image files: what is decoded of each kind, and what is refused before it is decoded.
#include <gtest/gtest.h>

#include "documents/image_file.hpp"
#include "documents/test_files.hpp"

namespace docmill {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using test::encoded;
using test::open_bytes;

TEST(ImageFile, of_every_type_is_read_as_it_is_shown) {
  const auto picture = test::odd_picture(64, 48);
  const Image color(pixConvertTo32(picture.pix()));
  const Image bilevel(pixThresholdToBinary(picture.pix(), 128));
  struct Case {
    Pix* pix;
    int format;
    DocumentType type;
    double tolerance;
  };
  for (const auto& [pix, format, type, tolerance] :
       {Case{picture.pix(), IFF_PNG, DocumentType::png, 0}, Case{color.pix(), IFF_PNG, DocumentType::png, 1},
        Case{bilevel.pix(), IFF_PNG, DocumentType::png, 0}, Case{picture.pix(), IFF_JFIF_JPEG, DocumentType::jpeg, 4},
        Case{color.pix(), IFF_JFIF_JPEG, DocumentType::jpeg, 4}, Case{picture.pix(), IFF_TIFF, DocumentType::tiff, 0},
        Case{bilevel.pix(), IFF_TIFF_G4, DocumentType::tiff, 0}, Case{color.pix(), IFF_TIFF_LZW, DocumentType::tiff, 1},
        Case{picture.pix(), IFF_BMP, DocumentType::bmp, 0}, Case{color.pix(), IFF_BMP, DocumentType::bmp, 1},
        Case{picture.pix(), IFF_PNM, DocumentType::pnm, 0}, Case{color.pix(), IFF_WEBP, DocumentType::webp, 6},
        Case{picture.pix(), IFF_JP2, DocumentType::jpeg2000, 6}}) {
    SCOPED_TRACE(media_type(type));
    auto opened = open_bytes(encoded(pix, format));
    ASSERT_TRUE(opened.document) << opened.document.error().message;
    EXPECT_EQ((*opened.document)->type(), type);
    const auto page = opened.page(1);
    ASSERT_TRUE(page);
    const auto image = page->image(0).value();
    const bool one_bit = pix == bilevel.pix();
    EXPECT_EQ(image.depth(), one_bit ? 1 : 8);
    EXPECT_LE(test::difference(image, one_bit ? bilevel : picture), tolerance);
    EXPECT_EQ(page->scan()->width, 64);
    EXPECT_TRUE(page->text_layer()->blocks.empty());
  }
}

TEST(ImageFile, puts_transparency_on_white) {
  Image picture(pixCreate(20, 10, 32));
  pixSetSpp(picture.pix(), 4);  // all black and transparent, less one opaque pixel
  pixSetRGBPixel(picture.pix(), 3, 4, 0, 0, 0);
  pixSetPixel(picture.pix(), 3, 4, 0x000000ff);
  auto opened = open_bytes(encoded(picture.pix(), IFF_PNG));
  const auto image = opened.page(1)->image(0).value();
  l_uint32 transparent = 0;
  l_uint32 opaque = 255;
  pixGetPixel(image.pix(), 10, 5, &transparent);
  pixGetPixel(image.pix(), 3, 4, &opaque);
  EXPECT_EQ(transparent, 255u);
  EXPECT_EQ(opaque, 0u);
}

TEST(ImageFile, measures_its_page_by_its_resolution_or_by_300_dpi) {
  const auto picture = test::odd_picture(400, 200);
  auto unknown = open_bytes(encoded(picture.pix(), IFF_PNM));
  EXPECT_EQ(unknown.page(1)->scan()->dpi, 300);
  pixSetResolution(picture.pix(), 200, 200);
  auto known = open_bytes(encoded(picture.pix(), IFF_PNG));
  const auto page = known.page(1);
  EXPECT_DOUBLE_EQ(page->width_points(), 144);
  EXPECT_DOUBLE_EQ(page->height_points(), 72);
  EXPECT_EQ(page->image(0)->dpi(), 200);
}

TEST(ImageFile, with_too_many_pixels_is_refused_by_its_header) {
  OpenOptions options;
  options.max_pixels = 1000;
  const auto picture = test::odd_picture(64, 48);
  for (const int format : {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF, IFF_BMP, IFF_PNM, IFF_JP2}) {
    auto opened = open_bytes(encoded(picture.pix(), format), options);
    const auto page = (*opened.document)->page(1);
    ASSERT_FALSE(page) << format;
    EXPECT_EQ(page.error().code, ErrorCode::too_large);
    EXPECT_EQ(page.error().page, 1);
    EXPECT_NE(page.error().message.find("64 x 48"), std::string::npos) << page.error().message;
  }
}

TEST(ImageFile, that_is_cut_off_is_not_passed_on_in_part) {
  const auto picture = test::odd_picture(640, 480);
  for (const int format : {IFF_PNG, IFF_TIFF, IFF_BMP, IFF_PNM, IFF_JP2, IFF_WEBP}) {
    const auto bytes = encoded(picture.pix(), format);
    auto opened = open_bytes(bytes.substr(0, bytes.size() / 2));
    const auto error = opened.document ? (*opened.document)->page(1).error() : opened.document.error();
    EXPECT_EQ(error.code, ErrorCode::unreadable) << format;
  }
}

// A TIFF of several pages, made of one-page files.
std::string multipage(std::initializer_list<Pix*> pages) {
  Pixa* all = pixaCreate(0);
  for (Pix* page : pages) pixaAddPix(all, page, L_COPY);
  l_uint8* data = nullptr;
  size_t size = 0;
  EXPECT_EQ(pixaWriteMemMultipageTiff(&data, &size, all), 0);
  pixaDestroy(&all);
  std::string bytes(reinterpret_cast<char*>(data), size);
  lept_free(data);
  return bytes;
}

TEST(ImageFile, of_eight_bytes_is_read) {
  auto opened = open_bytes("P1\n1 1\n0");
  ASSERT_TRUE(opened.document) << opened.document.error().message;
  const auto image = opened.page(1)->image(300);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->width(), 1);
}

// Cameras and archives put boxes of their own between those that every file has.
TEST(Jpeg2000File, with_boxes_before_its_header_is_read) {
  const auto picture = test::odd_picture(64, 48);
  const auto bytes = encoded(picture.pix(), IFF_JP2);
  const auto header = bytes.find("jp2h") - 4;
  const std::string box = std::string("\0\0\0\x88rreq", 8) + std::string(128, 'x');
  const auto cut = box.substr(0, 40);
  for (const auto& between : {box, box + box}) {
    auto opened = open_bytes(bytes.substr(0, header) + between + bytes.substr(header));
    ASSERT_TRUE(opened.document) << opened.document.error().message;
    const auto image = opened.page(1)->image(300);
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_LT(test::difference(*image, picture), 6);
  }
  const auto damaged = open_bytes(bytes.substr(0, header) + cut + bytes.substr(header));
  ASSERT_TRUE(damaged.document);
  EXPECT_FALSE((*damaged.document)->page(1));
}

TEST(TiffFile, has_as_many_pages_as_directories) {
  const auto first = test::odd_picture(30, 20);
  const auto second = test::odd_picture(50, 40);
  const Image third(pixThresholdToBinary(second.pix(), 128));
  auto opened = open_bytes(multipage({first.pix(), second.pix(), third.pix()}));
  ASSERT_EQ((*opened.document)->page_count(), 3);
  EXPECT_EQ(test::difference(opened.page(2)->image(0).value(), second), 0);
  EXPECT_EQ(opened.page(3)->image(0)->depth(), 1);
  EXPECT_EQ(opened.page(1)->image(0)->width(), 30);
}

TEST(TiffFile, with_more_pages_than_allowed_is_refused) {
  OpenOptions options;
  options.max_pages = 1;
  const auto page = test::odd_picture(30, 20);
  const auto opened = open_bytes(multipage({page.pix(), page.pix()}), options);
  ASSERT_FALSE(opened.document);
  EXPECT_EQ(opened.document.error().code, ErrorCode::too_large);
}

// An EXIF segment that says nothing but an orientation, put behind the start of a JPEG.
std::string with_orientation(std::string jpeg, char orientation) {
  std::string body = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s;
  body += orientation + "\0\0\0\0\0\0"s;
  const auto length = static_cast<char>(body.size() + 2);
  return jpeg.insert(2, "\xff\xe1\0"s + length + body);
}

TEST(JpegFile, is_turned_as_the_camera_was_held) {
  const auto picture = test::odd_picture(64, 48);
  const auto jpeg = encoded(picture.pix(), IFF_JFIF_JPEG);
  const Image clockwise(pixRotate90(picture.pix(), 1));
  const Image counterclockwise(pixRotate90(picture.pix(), -1));
  const Image half(pixRotate180(nullptr, picture.pix()));
  const Image mirrored(pixFlipLR(nullptr, picture.pix()));
  const std::pair<char, const Image*> cases[] = {{1, &picture},   {2, &mirrored},         {3, &half},
                                                 {6, &clockwise}, {8, &counterclockwise}, {9, &picture}};
  for (const auto& [orientation, shown] : cases) {
    auto opened = open_bytes(with_orientation(jpeg, orientation));
    EXPECT_LE(test::difference(opened.page(1)->image(0).value(), *shown), 4) << int{orientation};
  }
}

TEST(JpegFile, with_stray_bytes_before_its_end_or_without_one_is_whole) {
  const auto picture = test::odd_picture(64, 48);
  const auto jpeg = encoded(picture.pix(), IFF_JFIF_JPEG);
  for (const auto& bytes : {jpeg, jpeg.substr(0, jpeg.size() - 2) + "stray\xff\xd9", jpeg.substr(0, jpeg.size() - 2)}) {
    auto opened = open_bytes(bytes);
    const auto page = opened.page(1);
    EXPECT_LE(test::difference(page->image(0).value(), picture), 4);
    EXPECT_FALSE(page->damage());
  }
}

// What lies before the damage in half a file.
Image upper_part(const Image& picture) {
  ::Box* box = boxCreate(0, 0, picture.width(), picture.height() * 2 / 5);
  Image part(pixClipRectangle(picture.pix(), box, nullptr));
  boxDestroy(&box);
  return part;
}

TEST(JpegFile, that_is_damaged_is_shown_as_far_as_it_goes_and_says_so) {
  const auto picture = test::odd_picture(640, 480);
  const auto jpeg = encoded(picture.pix(), IFF_JFIF_JPEG);
  auto rotten = jpeg;
  rotten.replace(jpeg.size() / 2, jpeg.size() / 4, jpeg.size() / 4, '\0');
  for (const auto& bytes : {jpeg.substr(0, jpeg.size() / 2), rotten}) {
    auto opened = open_bytes(bytes);
    const auto page = opened.page(1);
    const auto image = page->image(0);
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_LE(test::difference(upper_part(*image), upper_part(picture)), 4);
    ASSERT_TRUE(page->damage());
    EXPECT_EQ(page->damage()->code, ErrorCode::unreadable);
    EXPECT_EQ(page->damage()->page, 1);
    EXPECT_NE(page->damage()->message.find("premature end"), std::string::npos) << page->damage()->message;
  }
}

TEST(JpegFile, says_its_resolution) {
  auto picture = test::odd_picture(64, 48);
  pixSetResolution(picture.pix(), 200, 200);
  EXPECT_EQ(open_bytes(encoded(picture.pix(), IFF_JFIF_JPEG)).page(1)->scan()->dpi, 200);
}

TEST(TiffFile, of_fax_codes_that_are_damaged_says_so) {
  const Image picture(pixThresholdToBinary(test::odd_picture(640, 480).pix(), 128));
  auto bytes = encoded(picture.pix(), IFF_TIFF_G4);
  EXPECT_FALSE(open_bytes(bytes).page(1)->damage());
  constexpr std::size_t header = 8;
  bytes.replace(header + 40, 16, 16, '\0');
  const auto page = open_bytes(bytes).page(1);
  ASSERT_TRUE(page->damage());
  EXPECT_EQ(page->damage()->code, ErrorCode::unreadable);
}

TEST(JpegFile, with_nonsense_for_metadata_is_read_upright) {
  EXPECT_EQ(exif_orientation(""), 1);
  EXPECT_EQ(exif_orientation("\xff\xd8\xff\xe1\0\x10"
                             "Exif\0\0II*\0\xff\xff\xff\xff"sv),
            1);
  EXPECT_EQ(exif_orientation("\xff\xd8\xff\xe1\xff\xff"
                             "Exif\0\0MM"sv),
            1);
}

}  // namespace
}  // namespace docmill
