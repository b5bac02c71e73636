// Text and pictures of PDF pages that are not scans.
#include <gtest/gtest.h>

#include <cmath>

#include "documents/test_files.hpp"

namespace docmill {
namespace {

using test::one_page;
using test::open_bytes;

const std::string content = "BT /F 20 Tf 100 700 Td (Hello) Tj 60 0 Td (world) Tj ET";

const Word& first_word(const TextPage& page) { return page.blocks.at(0).paragraphs.at(0).lines.at(0).words.at(0); }

// The part of the page where ink is: in points, like the text's boxes.
Box ink(const Image& image) {
  const Image dark(pixThresholdToBinary(image.pix(), 128));
  Box found{1e9, 1e9, -1, -1};
  for (int y = 0; y < dark.height(); ++y) {
    for (int x = 0; x < dark.width(); ++x) {
      l_uint32 value = 0;
      pixGetPixel(dark.pix(), x, y, &value);
      if (value == 0) continue;
      found.left = std::min<double>(found.left, x);
      found.right = std::max<double>(found.right, x + 1);
      found.top = std::min<double>(found.top, y);
      found.bottom = std::max<double>(found.bottom, y + 1);
    }
  }
  return found;
}

TEST(PdfText, reads_words_with_their_places_on_the_page) {
  auto opened = open_bytes(one_page(content));
  const auto text = opened.page(1)->text_layer();
  ASSERT_TRUE(text);
  EXPECT_EQ(plain_text(*text), "Hello world\n");
  EXPECT_EQ(text->status, PageStatus::read);
  EXPECT_EQ(text->confidence, 1);
  EXPECT_EQ(text->width, 612);
  EXPECT_EQ(text->height, 792);
  const auto& box = first_word(*text).box;
  EXPECT_NEAR(box.left, 100, 0.5);
  EXPECT_GT(box.bottom, 92 - 1);  // the baseline is at 792 - 700
  EXPECT_LT(box.top, 92 - 10);
}

// However the page is turned and cut, the text must be found where it is drawn.
TEST(PdfText, finds_words_where_they_are_drawn_on_turned_and_cut_pages) {
  for (const int rotation : {0, 90, 180, 270}) {
    for (const std::string box : {"/MediaBox[0 0 612 792]", "/MediaBox[-30 20 612 792]/CropBox[50 60 500 780]"}) {
      auto opened = open_bytes(one_page(content, test::helvetica, box + "/Rotate " + std::to_string(rotation)));
      const auto page = opened.page(1);
      const auto text = page->text_layer();
      ASSERT_TRUE(text);
      ASSERT_FALSE(text->blocks.empty());
      Box words = first_word(*text).box;
      for (const auto& block : text->blocks) {
        words = {std::min(words.left, block.box.left), std::min(words.top, block.box.top),
                 std::max(words.right, block.box.right), std::max(words.bottom, block.box.bottom)};
      }
      const auto drawn = page->image(72);
      ASSERT_TRUE(drawn);
      EXPECT_EQ(drawn->width(), std::lround(page->width_points()));
      const Box dark = ink(*drawn);
      SCOPED_TRACE(box + " turned by " + std::to_string(rotation));
      EXPECT_LE(words.left, dark.left + 2);
      EXPECT_LE(words.top, dark.top + 2);
      EXPECT_GE(words.right, dark.right - 2);
      EXPECT_GE(words.bottom, dark.bottom - 2);
      EXPECT_LT((words.right - words.left) * (words.bottom - words.top), 130 * 40);
    }
  }
}

// Poppler takes units for points.
TEST(PdfText, and_drawings_of_pages_in_units_of_their_own_are_in_points) {
  auto opened = open_bytes(one_page(content, test::helvetica, test::letter_size + "/UserUnit 1.5"));
  const auto page = opened.page(1);
  EXPECT_EQ(page->width_points(), 612 * 1.5);
  EXPECT_EQ(page->height_points(), 792 * 1.5);
  const auto text = page->text_layer();
  ASSERT_TRUE(text);
  EXPECT_EQ(text->width, 612 * 1.5);
  EXPECT_NEAR(first_word(*text).box.left, 150, 0.75);
  const auto image = page->image(72);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width(), 612 * 1.5);
  EXPECT_EQ(image->dpi(), 72);
  EXPECT_NEAR(ink(*image).left, first_word(*text).box.left, 4);
  for (const auto* nonsense : {"/UserUnit 0", "/UserUnit -2", "/UserUnit 1e9", "/UserUnit /Two"}) {
    EXPECT_EQ(open_bytes(one_page(content, "", test::letter_size + nonsense)).page(1)->width_points(), 612) << nonsense;
  }
}

TEST(PdfText, reads_characters_beyond_the_basic_plane_and_drops_controls) {
  test::PdfFile pdf;
  const std::string map =
      "/CIDInit/ProcSet findresource begin begincmap\n1 begincodespacerange <00> <ff> endcodespacerange\n"
      "3 beginbfchar <41> <D83DDE00> <42> <00e4> <43> <0007> endbfchar endcmap";
  const auto cmap = std::to_string(pdf.add_stream("", map));
  pdf.add_page("BT /F 20 Tf 100 700 Td (ABC) Tj ET",
               "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode " + cmap + " 0 R>>>>",
               test::letter_size);
  auto opened = open_bytes(pdf.bytes());
  EXPECT_EQ(plain_text(opened.page(1)->text_layer().value()), "\xf0\x9f\x98\x80\xc3\xa4\n");
}

TEST(PdfText, that_is_cut_off_is_read_as_far_as_it_goes_and_says_so) {
  const auto damage_of = [](const std::string& bytes) {
    auto opened = open_bytes(bytes);
    const auto page = opened.page(1);
    EXPECT_EQ(plain_text(page->text_layer().value()).substr(0, 5), "Hello");
    return page->damage();
  };
  EXPECT_FALSE(damage_of(one_page(content)));
  // The second word has lost its end.
  const auto damage = damage_of(one_page(content.substr(0, content.find("world") + 3)));
  ASSERT_TRUE(damage);
  EXPECT_EQ(damage->code, ErrorCode::unreadable);
  EXPECT_EQ(damage->page, 1);
  EXPECT_EQ(damage->message, "The content of the page is damaged: Unterminated string.");
}

TEST(PdfText, is_empty_where_there_is_none) {
  auto opened = open_bytes(one_page("0 0 100 100 re f"));
  const auto text = opened.page(1)->text_layer();
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->blocks.empty());
  EXPECT_EQ(text->confidence, 0);
}

TEST(PdfText, of_an_invisible_layer_is_read_but_not_drawn) {
  auto opened = open_bytes(one_page("3 Tr " + content));
  const auto page = opened.page(1);
  EXPECT_TRUE(page->has_invisible_text());
  EXPECT_EQ(plain_text(page->text_layer().value()), "Hello world\n");
  const auto drawn = page->image(72);
  EXPECT_LT(ink(*drawn).right, 0);

  auto visible = open_bytes(one_page(content));
  EXPECT_FALSE(visible.page(1)->has_invisible_text());
  auto both = open_bytes(one_page("q 3 Tr " + content + " Q " + content));
  EXPECT_FALSE(both.page(1)->has_invisible_text());
}

TEST(PdfDrawing, has_the_resolution_that_was_asked_for) {
  auto opened = open_bytes(one_page("100 100 200 300 re f"));
  const auto page = opened.page(1);
  EXPECT_FALSE(page->scan());
  const auto image = page->image(144);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width(), 1224);
  EXPECT_EQ(image->height(), 1584);
  EXPECT_EQ(image->depth(), 8);
  EXPECT_EQ(image->dpi(), 144);
}

TEST(PdfDrawing, lowers_the_resolution_of_a_page_with_too_many_pixels) {
  OpenOptions options;
  options.max_pixels = 1'000'000;
  auto opened = open_bytes(one_page(content), options);
  const auto image = opened.page(1)->image(300);
  ASSERT_TRUE(image);
  EXPECT_LE(image->width() * image->height(), 1'000'000);
  EXPECT_GT(image->dpi(), 90);
}

TEST(PdfDrawing, refuses_a_page_that_is_too_large_at_the_lowest_resolution) {
  OpenOptions options;
  options.max_pixels = 100'000;
  auto opened = open_bytes(one_page(content), options);
  const auto image = opened.page(1)->image(300);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::too_large);
  EXPECT_EQ(image.error().page, 1);
  // A plan of 28 inches, in units of its own, is drawn at less than 72 dpi.
  auto plan = open_bytes(one_page(content, test::helvetica, "/MediaBox[0 0 200 200]/UserUnit 10"), options);
  EXPECT_TRUE(plan.page(1)->image(300));
}

TEST(PdfDrawing, tells_a_damaged_page_from_an_empty_one) {
  auto empty = open_bytes(one_page(""));
  EXPECT_TRUE(empty.page(1)->image(72));
  test::PdfFile pdf;
  pdf.add_page(content, test::helvetica, test::letter_size);
  // The later of two entries counts.
  const auto contents = pdf.add_stream("/Filter/FlateDecode", "this is no zlib stream at all");
  pdf.add_page("", test::helvetica, test::letter_size + "/Contents " + std::to_string(contents) + " 0 R");
  auto damaged = open_bytes(pdf.bytes());
  EXPECT_TRUE(damaged.page(1)->image(72));
  const auto image = damaged.page(2)->image(72);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::unreadable);
  EXPECT_EQ(image.error().page, 2);
}

}  // namespace
}  // namespace docmill
