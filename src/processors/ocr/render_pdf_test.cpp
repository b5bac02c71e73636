#include <fcntl.h>

#include <algorithm>
#include <cmath>

#include "processors/ocr/render_pdf_test_support.hpp"

namespace docmill::ocr {
namespace {

void expect_near(const Box& box, const Box& expected, double tolerance) {
  EXPECT_NEAR(box.left, expected.left, tolerance);
  EXPECT_NEAR(box.top, expected.top, tolerance);
  EXPECT_NEAR(box.right, expected.right, tolerance);
  EXPECT_NEAR(box.bottom, expected.bottom, tolerance);
}

struct Geometry {
  const char* name;
  const char* entries;  // of the page
  double width;         // as shown, in its units
  double height;
};

class PdfGeometry : public testing::TestWithParam<Geometry> {};

TEST_P(PdfGeometry, PutsWordsWhereTheyAreShown) {
  const auto& geometry = GetParam();
  const auto original = make_pdf({{.entries = geometry.entries}});
  // Recognised at twice the resolution.
  const Box box{.left = 40, .top = 60, .right = 130, .bottom = 80};
  const Box pixels{.left = 80, .top = 120, .right = 260, .bottom = 160};
  const auto result = render_over(original, {page_with_word("Word", pixels, geometry.width * 2, geometry.height * 2)});
  const auto words = words_of(result);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].first, "Word");
  expect_near(words[0].second, box, 1);
  EXPECT_EQ(pixels_of(result), pixels_of(original));
}

INSTANTIATE_TEST_SUITE_P(
    OfEveryPage, PdfGeometry,
    testing::Values(
        Geometry{"Plain", "/MediaBox [0 0 600 400]", 600, 400},
        Geometry{"Turned90", "/MediaBox [0 0 600 400] /Rotate 90", 400, 600},
        Geometry{"Turned180", "/MediaBox [0 0 600 400] /Rotate 180", 600, 400},
        Geometry{"Turned270", "/MediaBox [0 0 600 400] /Rotate 270", 400, 600},
        Geometry{"TurnedBack90", "/MediaBox [0 0 600 400] /Rotate -90", 400, 600},
        Geometry{"MediaBoxElsewhere", "/MediaBox [-100 50 500 450]", 600, 400},
        Geometry{"MediaBoxUpsideDown", "/MediaBox [600 400 0 0]", 600, 400},
        Geometry{"CropBox", "/MediaBox [0 0 600 400] /CropBox [50 30 350 330]", 300, 300},
        Geometry{"CropBoxTurned90", "/MediaBox [0 0 600 400] /CropBox [50 30 350 230] /Rotate 90", 200, 300},
        Geometry{"CropBoxTurned180", "/MediaBox [0 0 600 400] /CropBox [50 30 350 230] /Rotate 180", 300, 200},
        Geometry{"CropBoxTurned270", "/MediaBox [0 0 600 400] /CropBox [50 30 350 230] /Rotate 270", 200, 300},
        Geometry{"CropBoxBeyondMediaBox", "/MediaBox [0 0 600 400] /CropBox [-50 -50 300 900]", 300, 400},
        Geometry{"UserUnit", "/MediaBox [0 0 600 400] /UserUnit 2", 600, 400}),
    [](const auto& geometry) { return std::string(geometry.param.name); });

// Preprocessing has turned the page: its text was laid out on it as it is upright, and it is shown upright.
TEST(PdfRenderer, ShowsPagesUprightThatWereTurned) {
  const Box box{.left = 40, .top = 60, .right = 130, .bottom = 80};
  for (const int turned : {90, 180, 270}) {
    const bool is_sideways = turned != 180;
    auto page = page_with_word("Word", box, is_sideways ? 400 : 600, is_sideways ? 600 : 400);
    page.preparation.turned = turned;
    const auto words = words_of(render_over(make_pdf({{}}), {page}));
    ASSERT_EQ(words.size(), 1U) << turned;
    expect_near(words[0].second, box, 1);
  }
}

// A page that had to be turned clockwise to be read: its words run sideways on the page as shown.
TEST(PdfRenderer, TurnsTheTextOfPagesThatHadToBeTurned) {
  struct Turn {
    int rotation;
    Box first;
    Box second;
  };
  const std::vector<Turn> turns{
      {90, {100, 260, 120, 350}, {100, 160, 120, 250}},   // reads upwards
      {180, {260, 100, 350, 120}, {160, 100, 250, 120}},  // upside down
      {270, {100, 160, 120, 250}, {100, 260, 120, 350}},  // reads downwards
  };
  for (const auto& turn : turns) {
    auto page = page_with_word("Hello", turn.first, 600, 400);
    page.blocks = {block_of({line_of({{"Hello", turn.first, 1}, {"world", turn.second, 1}})})};
    page.rotation = turn.rotation;
    const auto words = words_of(render_over(make_pdf({{}}), {page}));
    ASSERT_EQ(words.size(), 2U) << turn.rotation;
    EXPECT_EQ(words[0].first, "Hello") << turn.rotation;
    expect_near(words[0].second, turn.first, 1.5);
    expect_near(words[1].second, turn.second, 1.5);
  }
}

TEST(PdfRenderer, PutsWordsOnTheBaseline) {
  auto page = page_with_word("x", {}, 600, 400);
  auto line = line_of({{"fig", {100, 100, 150, 130}, 1}, {"none", {160, 108, 220, 124}, 1}});
  line.baseline_offset = -6;
  page.blocks = {block_of({line})};
  const auto words = words_of(render_over(make_pdf({{}}), {page}));
  ASSERT_EQ(words.size(), 2U);
  expect_near(words[0].second, {100, 100, 150, 124}, 0.5);
  expect_near(words[1].second, {160, 100, 220, 124}, 0.5);
}

// A line of five words, the baseline of which falls by `slope`, is found again word by word.
void expect_whole_words(double slope, double tolerance) {
  std::vector<Word> words;
  for (int i = 0; i < 5; ++i) {
    const double x = 50 + 100 * i;
    words.push_back({"word" + std::to_string(i), {x, 100 + slope * (x - 50), x + 80, 120 + slope * (x + 30)}, 1});
  }
  auto line = line_of(words);
  line.baseline_slope = slope;
  line.baseline_offset = 120 - line.box.bottom;
  auto page = page_with_word("x", {}, 600, 400);
  page.blocks = {block_of({line})};
  auto found = words_of(render_over(make_pdf({{}}), {page}));
  std::ranges::sort(found, {}, &std::pair<std::string, Box>::first);
  ASSERT_EQ(found.size(), words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(found[i].first, words[i].text);
    expect_near(found[i].second, words[i].box, tolerance);
  }
}

TEST(PdfRenderer, FollowsASlantedLineWithoutBreakingItsWords) {
  expect_whole_words(0.04, 3);
  const double twelve_degrees = 0.21;
  const double half_the_rise_of_a_word = 8.5;
  expect_whole_words(twelve_degrees, 3 + half_the_rise_of_a_word);
}

TEST(PdfRenderer, TurnsTheWordsOfASteepLine) {
  auto line = line_of({{"slanted", {100, 100, 300, 180}, 1}});
  line.baseline_slope = 0.3;
  line.baseline_offset = -60;
  auto page = page_with_word("x", {}, 600, 400);
  page.blocks = {block_of({line})};
  const auto found = words_of(render_over(make_pdf({{}}), {page}));
  std::string text;
  for (const auto& word : found) text += word.first;
  EXPECT_EQ(text, "slanted");
  EXPECT_NEAR(found.front().second.top, 100, 5);
  EXPECT_NEAR(found.back().second.bottom, 180, 12);
}

TEST(PdfRenderer, KeepsEveryScriptSelectable) {
  const std::vector<std::string> texts{"Grüße", "Žluťoučký", "Ωμέγα", "Привет", "中文字",
                                       "ไทย",   "हिन्दी",     "a😀b",  "𝔸𝔹😀"};
  for (const auto& text : texts) {
    const auto words = words_of(render_over(make_pdf({{}}), {page_with_word(text, {100, 100, 200, 120}, 600, 400)}));
    std::string found;
    for (const auto& word : words) found += word.first;
    EXPECT_EQ(found, text);
    expect_near(words.front().second, {100, 100, words.front().second.right, 120}, 1);
    EXPECT_NEAR(words.back().second.right, 200, 1);
  }
}

TEST(PdfRenderer, KeepsRightToLeftWordsReadable) {
  auto page = page_with_word("x", {}, 600, 400);
  auto line =
      line_of({{"שלום", {300, 100, 400, 120}, 1}, {"עולם", {180, 100, 290, 120}, 1}, {"123", {120, 100, 170, 120}, 1}});
  line.right_to_left = true;
  page.blocks = {block_of({line})};
  const auto result = render_over(make_pdf({{}}), {page});
  const auto text = text_of(result);
  EXPECT_NE(text.find("שלום עולם"), std::string::npos) << text;
  EXPECT_NE(text.find("123"), std::string::npos) << text;
}

TEST(PdfRenderer, LeavesPagesWithoutRecognisedTextAlone) {
  const auto original = make_pdf({{}, {}, {}, {}, {}});
  std::vector<TextPage> pages;
  for (const auto status : {PageStatus::read, PageStatus::skipped, PageStatus::blank, PageStatus::failed}) {
    pages.push_back(page_with_word("Word", {100, 100, 200, 120}, 600, 400));
    pages.back().number = static_cast<int>(pages.size());
    pages.back().status = status;
  }
  const auto result = render_over(original, pages);
  for (int number = 1; number <= 5; ++number) EXPECT_TRUE(words_of(result, number).empty());
  EXPECT_EQ(result.find("GlyphLessFont"), std::string::npos);
  EXPECT_EQ(open_with_poppler(result)->pages(), 5);
}

TEST(PdfRenderer, SharesOneFontAndLeavesSharedResourcesOfOtherPagesAlone) {
  QPDF pdf;
  add_pages(pdf, {{}, {}, {}});
  auto resources = pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /XObject << >> >>"));
  for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages())
    page.getObjectHandle().replaceKey("/Resources", resources);
  QPDFWriter writer(pdf);
  auto second = page_with_word("two", {100, 100, 200, 120}, 600, 400);
  second.number = 2;
  const auto result = render_over(written(writer), {page_with_word("one", {100, 100, 200, 120}, 600, 400), second});

  QPDF made;
  made.processMemoryFile("result", result.data(), result.size());
  auto pages = QPDFPageDocumentHelper(made).getAllPages();
  const auto forms_of = [](QPDFPageObjectHelper& page) {
    return page.getAttribute("/Resources", false).getKey("/XObject").getKeys().size();
  };
  EXPECT_EQ(forms_of(pages[0]), 1U);
  EXPECT_EQ(forms_of(pages[1]), 1U);
  EXPECT_EQ(forms_of(pages[2]), 0U);
  int fonts = 0;
  for (auto object : made.getAllObjects()) fonts += object.isDictionaryOfType("/Font", "/Type0") ? 1 : 0;
  EXPECT_EQ(fonts, 1);
}

TEST(PdfRenderer, WritesTheSameBytesAgain) {
  const auto original = make_pdf({{}, {}});
  const auto page = page_with_word("Word 😀", {100, 100, 200, 120}, 600, 400);
  EXPECT_EQ(render_over(original, {page}), render_over(original, {page}));
}

TEST(PdfRenderer, GrowsByTheTextOnly) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 200'000; ++i, x = x * 1'103'515'245U + 12'345U) noise += static_cast<char>(x >> 16U);
  const auto original = make_pdf({{.content = "% " + noise}});
  const auto result = render_over(original, {page_with_word("Word", {100, 100, 200, 120}, 600, 400)});
  EXPECT_LT(result.size(), original.size() + 4'000);
}

TEST(PdfRenderer, KeepsALinearizedFileLinearized) {
  QPDF pdf;
  add_pages(pdf, {{}, {}});
  QPDFWriter writer(pdf);
  writer.setLinearization(true);
  const auto result = render_over(written(writer), {page_with_word("Word", {100, 100, 200, 120}, 600, 400)});
  QPDF made;
  made.processMemoryFile("result", result.data(), result.size());
  EXPECT_TRUE(made.isLinearized());
  EXPECT_EQ(words_of(result).size(), 1U);
}

std::string encrypted_pdf() {
  QPDF pdf;
  add_pages(pdf, {{}});
  QPDFWriter writer(pdf);
  writer.setR6EncryptionParameters("secret", "owner", true, true, true, true, true, true, qpdf_r3p_full, true);
  return written(writer);
}

TEST(PdfRenderer, NeedsThePasswordOfAnEncryptedFile) {
  const auto file = memory_file(encrypted_pdf());
  const auto output = memory_file();
  auto source = pdf_source(file);
  source.password = "wrong";
  const auto renderer = open_renderer("pdf", output.get(), source);
  ASSERT_FALSE(renderer);
  EXPECT_EQ(renderer.error().code, ErrorCode::encrypted);
}

TEST(PdfRenderer, WritesAnEncryptedFileDecrypted) {
  const auto file = memory_file(encrypted_pdf());
  auto source = pdf_source(file);
  source.password = "secret";
  const auto result = render("pdf", {page_with_word("Word", {100, 100, 200, 120}, 600, 400)}, source);
  EXPECT_EQ(words_of(result).size(), 1U);
}

TEST(PdfRenderer, SaysWhenTheDiskIsFull) {
  const Descriptor full(::open("/dev/full", O_WRONLY));
  const auto file = memory_file(make_pdf({{}}));
  auto renderer = open_renderer("pdf", full.get(), pdf_source(file));
  ASSERT_TRUE(renderer);
  const auto status = (*renderer)->finish();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::output_unavailable);
}

TEST(PdfRenderer, RefusesWhatIsNoPdf) {
  const auto file = memory_file("not a PDF at all");
  const auto output = memory_file();
  const auto renderer = open_renderer("pdf", output.get(), pdf_source(file));
  ASSERT_FALSE(renderer);
  EXPECT_EQ(renderer.error().code, ErrorCode::unreadable);
  EXPECT_NE(renderer.error().message.find("a.pdf"), std::string::npos);
}

TEST(PdfRenderer, RefusesAPageThatTheFileDoesNotHave) {
  const auto file = memory_file(make_pdf({{}}));
  const auto output = memory_file();
  auto renderer = open_renderer("pdf", output.get(), pdf_source(file));
  ASSERT_TRUE(renderer);
  const auto status = (*renderer)->page(sample_page(2));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace docmill::ocr
