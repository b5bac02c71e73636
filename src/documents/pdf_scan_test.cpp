// Embedded scans: found where the page is one image, and extracted as they are shown.
#include <gtest/gtest.h>
#include <poppler-document.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <cmath>

#include "documents/pdf_scan.hpp"
#include "documents/test_files.hpp"

namespace docmill {
namespace {

using test::open_bytes;

constexpr int columns = 120;
constexpr int rows = 180;
const std::string page_size = "/MediaBox[0 0 60 90]";  // 144 dpi
const std::string upright = "q 60 0 0 90 0 0 cm /I Do Q";

// The samples of a gray or bilevel picture, rows padded to bytes, as PDF has them.
std::string samples(const Image& image, bool one_is_white) {
  std::string bytes;
  const int depth = image.depth();
  for (int y = 0; y < image.height(); ++y) {
    unsigned gathered = 0;
    for (int x = 0; x < image.width(); ++x) {
      l_uint32 value = 0;
      pixGetPixel(image.pix(), x, y, &value);
      if (depth == 8) {
        bytes.push_back(static_cast<char>(value));
        continue;
      }
      gathered = gathered << 1 | (one_is_white ? 1 - value : value);
      if (x % 8 == 7 || x + 1 == image.width()) {
        bytes.push_back(static_cast<char>(gathered << (7 - x % 8)));
        gathered = 0;
      }
    }
  }
  return bytes;
}

std::string image_entries(int width, int height, const std::string& more) {
  return "/Type/XObject/Subtype/Image/Width " + std::to_string(width) + "/Height " + std::to_string(height) + more;
}

// A page that shows one image; `more` are further entries of the image.
std::string page_of(std::string_view data, const std::string& more, const std::string& content = upright,
                    const std::string& extra = page_size, int width = columns, int height = rows) {
  test::PdfFile pdf;
  const auto number = std::to_string(pdf.add_stream(image_entries(width, height, more), data));
  pdf.add_page(content, "/XObject<</I " + number + " 0 R>>" + test::helvetica, extra);
  return pdf.bytes();
}

const std::string gray8 = "/ColorSpace/DeviceGray/BitsPerComponent 8";

Image drawn(const std::string& pdf, double dpi) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
  const std::unique_ptr<poppler::page> page(document->create_page(0));
  poppler::page_renderer renderer;
  renderer.set_image_format(poppler::image::format_gray8);
  const auto image = renderer.render_page(page.get(), dpi, dpi);
  Image result(pixCreate(image.width(), image.height(), 8));
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const char value = image.const_data()[y * image.bytes_per_row() + x];
      pixSetPixel(result.pix(), x, y, static_cast<unsigned char>(value));
    }
  }
  return result;
}

// The scan of the page must be found, extracted (not drawn: its depth or sharpness tells) and look as Poppler shows it.
Image expect_scan(const std::string& pdf, int width, int height, double dpi, double tolerance = 2) {
  auto opened = open_bytes(pdf);
  const auto page = opened.page(1);
  const auto scan = page->scan();
  EXPECT_TRUE(scan);
  if (!scan) return {};
  EXPECT_EQ(scan->width, width);
  EXPECT_EQ(scan->height, height);
  EXPECT_NEAR(scan->dpi, dpi, 0.5);
  auto image = page->image(72);
  EXPECT_TRUE(image) << image.error().message;
  if (!image) return {};
  EXPECT_EQ(image->dpi(), std::lround(dpi));
  EXPECT_LE(test::difference(*image, drawn(pdf, dpi)), tolerance);
  return std::move(*image);
}

TEST(PdfScan, is_shown_as_every_placement_and_rotation_demand) {
  const auto picture = test::odd_picture(columns, rows);
  const auto lying = test::odd_picture(rows, columns);
  const auto data = samples(picture, true);
  const auto lying_data = samples(lying, true);
  // The eight ways in which rows and columns can lie on a page of 60 x 90 points.
  const char* upright_matrices[] = {"60 0 0 90 0 0", "-60 0 0 90 60 0", "60 0 0 -90 0 90", "-60 0 0 -90 60 90"};
  const char* lying_matrices[] = {"0 90 60 0 0 0", "0 -90 60 0 0 90", "0 90 -60 0 60 0", "0 -90 -60 0 60 90"};
  for (const int rotation : {0, 90, 180, 270}) {
    const bool turned = rotation % 180 != 0;
    const int width = turned ? rows : columns;
    const int height = turned ? columns : rows;
    const auto extra = page_size + "/Rotate " + std::to_string(rotation);
    for (const std::string matrix : upright_matrices) {
      SCOPED_TRACE(matrix + " turned by " + std::to_string(rotation));
      const auto content = "q " + matrix + " cm /I Do Q";
      expect_scan(page_of(data, gray8, content, extra), width, height, 144);
    }
    for (const std::string matrix : lying_matrices) {
      SCOPED_TRACE(matrix + " turned by " + std::to_string(rotation));
      const auto content = "q " + matrix + " cm /I Do Q";
      expect_scan(page_of(lying_data, gray8, content, extra, rows, columns), width, height, 144);
    }
  }
}

TEST(PdfScan, has_the_resolution_that_units_of_the_page_make) {
  const auto picture = test::odd_picture(columns, rows);
  auto opened = open_bytes(page_of(samples(picture, true), gray8, upright, page_size + "/UserUnit 2"));
  const auto page = opened.page(1);
  ASSERT_TRUE(page->scan());
  EXPECT_EQ(page->scan()->dpi, 72);
  const auto image = page->image(300);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->dpi(), 72);
  EXPECT_EQ(test::difference(*image, picture), 0);
}

TEST(PdfScan, keeps_its_gray_pixels_exactly) {
  const auto picture = test::odd_picture(columns, rows);
  const auto image = expect_scan(page_of(samples(picture, true), gray8), columns, rows, 144);
  EXPECT_EQ(test::difference(image, picture), 0);
}

TEST(PdfScan, of_one_bit_stays_one_bit_whichever_value_is_white) {
  const Image picture(pixThresholdToBinary(test::odd_picture(columns - 3, rows).pix(), 128));
  const std::string size = "/MediaBox[0 0 58.5 90]";
  const std::string content = "q 58.5 0 0 90 0 0 cm /I Do Q";
  const std::string bilevel = "/BitsPerComponent 1/ColorSpace";
  for (const auto& [entries, one_is_white] :
       {std::pair{bilevel + "/DeviceGray", true}, std::pair{bilevel + "/DeviceGray/Decode[1 0]", false},
        std::pair{bilevel + "[/Indexed/DeviceGray 1<00ff>]", true},
        std::pair{bilevel + "[/Indexed/DeviceRGB 1<ffffff000000>]", false}}) {
    SCOPED_TRACE(entries);
    const auto pdf = page_of(samples(picture, one_is_white), entries, content, size, columns - 3, rows);
    const auto image = expect_scan(pdf, columns - 3, rows, 144);
    EXPECT_EQ(image.depth(), 1);
    EXPECT_EQ(test::difference(image, picture), 0);
  }
}

TEST(PdfScan, that_is_a_stencil_is_taken_as_it_is_when_painted_in_black) {
  const Image picture(pixThresholdToBinary(test::odd_picture(columns, rows).pix(), 128));
  const auto data = samples(picture, true);
  const auto image = expect_scan(page_of(data, "/ImageMask true/BitsPerComponent 1"), columns, rows, 144);
  EXPECT_EQ(test::difference(image, picture), 0);
  auto opened = open_bytes(page_of(data, "/ImageMask true/BitsPerComponent 1", "0.5 g " + upright));
  const auto gray = opened.page(1)->image(72);
  ASSERT_TRUE(gray);
  EXPECT_EQ(gray->depth(), 8);
  EXPECT_GT(test::difference(*gray, picture), 20);
}

TEST(PdfScan, is_decoded_from_what_scanners_write) {
  const auto gray = test::odd_picture(columns, rows);
  const Image bilevel(pixThresholdToBinary(gray.pix(), 128));
  const Image color(pixConvertTo32(gray.pix()));
  struct Case {
    Pix* pix;
    int encoding;
    int depth;
  };
  for (const auto& [pix, encoding, depth] :
       {Case{bilevel.pix(), L_G4_ENCODE, 1}, Case{gray.pix(), L_JPEG_ENCODE, 8}, Case{color.pix(), L_JPEG_ENCODE, 8},
        Case{gray.pix(), L_FLATE_ENCODE, 8}, Case{color.pix(), L_FLATE_ENCODE, 8},
        Case{bilevel.pix(), L_FLATE_ENCODE, 1}, Case{gray.pix(), L_JP2K_ENCODE, 8}}) {
    l_uint8* data = nullptr;
    size_t size = 0;
    ASSERT_EQ(pixConvertToPdfData(pix, encoding, 90, &data, &size, 0, 0, 144, "scan", nullptr, 0), 0);
    const std::string pdf(reinterpret_cast<char*>(data), size);
    lept_free(data);
    SCOPED_TRACE("leptonica's encoding " + std::to_string(encoding));
    const auto image = expect_scan(pdf, columns, rows, 144, 4);
    EXPECT_EQ(image.depth(), depth);
  }
}

TEST(PdfScan, may_have_invisible_text_over_it_and_any_text_below) {
  const auto data = samples(test::odd_picture(columns, rows), true);
  const std::string text = "BT /F 9 Tf 9 40 Td (words) Tj ET ";
  const auto layered = page_of(data, gray8, upright + " q 3 Tr " + text + "Q");
  expect_scan(layered, columns, rows, 144);
  EXPECT_TRUE(open_bytes(layered).page(1)->has_invisible_text());
  const auto below = page_of(data, gray8, text + upright);
  expect_scan(below, columns, rows, 144);
  EXPECT_TRUE(open_bytes(below).page(1)->has_invisible_text());
  const auto above = open_bytes(page_of(data, gray8, upright + text));
  auto page = (*above.document)->page(1).value();
  EXPECT_FALSE(page->scan());
  EXPECT_FALSE(page->has_invisible_text());
}

TEST(PdfScan, is_that_of_its_page_where_something_in_the_page_tree_is_none) {
  test::PdfFile pdf;
  constexpr int nowhere = 1000;
  for (const int gray : {50, 100, 150}) {
    const auto scan =
        pdf.add_stream(image_entries(columns, rows, gray8), std::string(columns * rows, static_cast<char>(gray)));
    pdf.add_page(upright, "/XObject<</I " + std::to_string(scan) + " 0 R>>", page_size);
    if (gray == 50) pdf.add_kid(nowhere);
  }
  auto opened = open_bytes(pdf.bytes());
  for (const int number : {3, 2, 1}) {
    const auto image = opened.page(number)->image(144);
    ASSERT_TRUE(image);
    l_uint32 value = 0;
    pixGetPixel(image->pix(), columns / 2, rows / 2, &value);
    EXPECT_EQ(value, 50U * static_cast<unsigned>(number));
  }
}

TEST(PdfScan, is_found_within_forms) {
  test::PdfFile pdf;
  const auto data = samples(test::odd_picture(columns, rows), true);
  const auto image = std::to_string(pdf.add_stream(image_entries(columns, rows, gray8), data));
  const auto form = std::to_string(pdf.add_stream(
      "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Matrix[60 0 0 90 0 0]/Resources<</XObject<</I " + image + " 0 R>>>>",
      "q /I Do"));
  pdf.add_page("q 0 0 60 90 re W n /X Do Q 0 0 m", "/XObject<</X " + form + " 0 R>>", page_size);
  expect_scan(pdf.bytes(), columns, rows, 144);
}

TEST(PdfScan, is_none_where_the_page_shows_more_than_one_image) {
  const auto data = samples(test::odd_picture(columns, rows), true);
  for (const std::string& content :
       {upright + " 0 0 5 5 re f", upright + upright, std::string("q 40 0 0 90 0 0 cm /I Do Q"),
        upright + " BI /W 1 /H 1 /BPC 8 /CS /G ID x EI", "/OC /Layer BDC " + upright + " EMC",
        std::string("0 0 5 5 re f"), std::string("0 0 5 5 re f q 58 0 0 88 0 0 cm /I Do Q")}) {
    const auto opened = open_bytes(page_of(data, gray8, content));
    EXPECT_FALSE((*opened.document)->page(1).value()->scan()) << content;
  }
}

TEST(PdfScan, is_none_under_a_stamp) {
  const auto data = samples(test::odd_picture(columns, rows), true);
  const std::string link = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]>>";
  const std::string stamp = "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<</N 3 0 R>>>>";
  expect_scan(page_of(data, gray8, upright, page_size + "/Annots[" + link + "]"), columns, rows, 144);
  const auto opened = open_bytes(page_of(data, gray8, upright, page_size + "/Annots[" + link + stamp + "]"));
  EXPECT_FALSE((*opened.document)->page(1).value()->scan());
}

TEST(PdfScan, is_drawn_at_its_own_resolution_where_its_pixels_are_not_the_page) {
  const auto picture = test::odd_picture(columns, rows);
  const auto data = samples(picture, true);
  for (const std::string& content :
       {std::string("q 59 0 0 88 0 0 cm /I Do Q"), "0 0 50 90 re W n " + upright,
        "30 45 20 0 360 arc 5 5 m 60 90 l W n " + upright, std::string("q 60 1 -1 90 0 0 cm /I Do Q")}) {
    SCOPED_TRACE(content);
    auto opened = open_bytes(page_of(data, gray8, content));
    const auto page = opened.page(1);
    ASSERT_TRUE(page->scan());
    const auto image = page->image(72);
    ASSERT_TRUE(image);
    EXPECT_NEAR(image->width(), columns, 4);
    EXPECT_NEAR(image->height(), rows, 4);
  }
}

TEST(PdfScan, with_another_resolution_each_way_is_drawn_undistorted) {
  const auto fax = test::odd_picture(columns, rows / 2);
  auto opened = open_bytes(page_of(samples(fax, true), gray8, upright, page_size, columns, rows / 2));
  const auto page = opened.page(1);
  ASSERT_TRUE(page->scan());
  EXPECT_NEAR(page->scan()->dpi, 144, 0.1);
  const auto image = page->image(72);
  EXPECT_EQ(image->width(), columns);
  EXPECT_EQ(image->height(), rows);
}

TEST(PdfScan, that_lies_about_its_size_is_left_to_poppler) {
  const auto jpeg = test::encoded(test::odd_picture(columns, rows).pix(), IFF_JFIF_JPEG);
  const auto more = gray8 + "/Filter/DCTDecode";
  for (const auto& pdf : {page_of(jpeg, more, upright, page_size, columns * 2, rows * 2),
                          page_of("too few samples", gray8), page_of(jpeg.substr(0, jpeg.size() / 2), more)}) {
    auto opened = open_bytes(pdf);
    const auto page = opened.page(1);
    EXPECT_TRUE(page->scan());
    const auto image = page->image(72);
    if (image) {
      EXPECT_EQ(image->width() * 3, image->height() * 2);
    }
  }
}

TEST(PdfScan, of_which_nothing_can_be_seen_is_no_blank_page) {
  const auto jpeg = test::encoded(test::odd_picture(columns, rows).pix(), IFF_JFIF_JPEG);
  for (const auto& pdf : {page_of("\xff\xd8\xff\xe0 garbage", gray8 + "/Filter/DCTDecode"),
                          page_of(jpeg.substr(0, 200), gray8 + "/Filter/DCTDecode"), page_of("", gray8),
                          page_of("\x80\x0b\x60\x50", gray8 + "/Filter/LZWDecode")}) {
    auto opened = open_bytes(pdf);
    const auto image = opened.page(1)->image(72);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, ErrorCode::unreadable);
    EXPECT_EQ(image.error().page, 1);
  }
}

struct Encoding {
  std::string filter;  // entries of the image
  std::string data;
};

// A bilevel picture in the codes of faxes, and the same within a segment of JBIG2.
std::string fax_codes(const Image& bilevel) {
  L_COMP_DATA* codes = nullptr;
  EXPECT_EQ(pixGenerateCIData(bilevel.pix(), L_G4_ENCODE, 0, 0, &codes), 0);
  std::string data(reinterpret_cast<const char*>(codes->datacomp), codes->nbytescomp);
  l_CIDataDestroy(&codes);
  return data;
}

// ITU-T T.88, 7.2 (head of a segment), 7.4.8 (information about the page) and 7.4.6 (generic region).
std::string jbig2(int width, int height, const std::string& fax) {
  const auto number = [](std::size_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift & 0xff));
    return bytes;
  };
  const auto segment = [&](std::size_t index, char type, const std::string& data) {
    return number(index) + type + '\0' + '\1' + number(data.size()) + data;
  };
  constexpr char page_information = 48;
  constexpr char generic_region = 38;
  const auto size = number(static_cast<std::size_t>(width)) + number(static_cast<std::size_t>(height));
  return segment(0, page_information, size + std::string(11, '\0')) +
         segment(1, generic_region, size + std::string(9, '\0') + '\1' + fax);
}

// Each encoding, of a picture with something to see in every part.
std::vector<Encoding> encodings() {
  const auto gray = test::odd_picture(columns, rows);
  const Image bilevel(pixDitherToBinary(gray.pix()));
  const auto fax = fax_codes(bilevel);
  const std::string one_bit = "/ColorSpace/DeviceGray/BitsPerComponent 1";
  const auto parameters =
      "/DecodeParms<</K -1/Columns " + std::to_string(columns) + "/Rows " + std::to_string(rows) + ">>";
  return {{gray8 + "/Filter/DCTDecode", test::encoded(gray.pix(), IFF_JFIF_JPEG)},
          {one_bit + "/Filter/CCITTFaxDecode" + parameters, fax},
          {one_bit + "/Filter/JBIG2Decode", jbig2(columns, rows, fax)},
          {one_bit, samples(bilevel, true)},
          {gray8, samples(gray, true)}};
}

TEST(PdfScan, that_is_damaged_is_shown_as_far_as_it_goes_and_says_so) {
  // As large as the page, and drawn because it is clipped.
  for (const auto& content : {upright, "0 0 50 90 re W n " + upright}) {
    for (const auto& [filter, data] : encodings()) {
      SCOPED_TRACE(filter + " in " + content);
      auto whole = open_bytes(page_of(data, filter, content));
      const auto whole_page = whole.page(1);
      ASSERT_TRUE(whole_page->image(72));
      EXPECT_FALSE(whole_page->damage());
      auto cut = open_bytes(page_of(data.substr(0, data.size() / 2), filter, content));
      const auto page = cut.page(1);
      const auto image = page->image(72);
      ASSERT_TRUE(image) << image.error().message;
      ASSERT_TRUE(page->damage());
      EXPECT_EQ(page->damage()->code, ErrorCode::unreadable);
      EXPECT_EQ(page->damage()->page, 1);
    }
  }
}

TEST(PdfScan, over_the_limit_of_pixels_is_drawn_smaller) {
  OpenOptions options;
  options.max_pixels = 12'000;
  auto opened = open_bytes(page_of(samples(test::odd_picture(columns, rows), true), gray8), options);
  const auto page = opened.page(1);
  EXPECT_EQ(page->scan()->width, columns);
  const auto image = page->image(300);
  ASSERT_TRUE(image);
  EXPECT_LE(image->width() * image->height(), 12'000);
}

}  // namespace
}  // namespace docmill
