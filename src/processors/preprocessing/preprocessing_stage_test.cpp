// The stage alone: documents in, cleaned pages out.
#include "processors/preprocessing/preprocessing_stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include <array>
#include <boost/json.hpp>

#include "documents/test_files.hpp"
#include "processors/page_test_support.hpp"
#include "processors/pipeline.hpp"
#include "processors/test_support.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

struct Done {
  TaskOutput output;
  json::object record;
  Surroundings surroundings;

  const json::object& page(std::size_t i) const { return record.at("pages").as_array().at(i).as_object(); }
  test::Opened cleaned(const std::string& type) { return test::open_bytes(surroundings.text("cleaned." + type)); }
};

TaskInput input_of(const Descriptor& file, const std::string& options) {
  TaskInput input;
  input.name = "a scan";
  input.pipeline = "preprocessing";
  input.descriptor = file.get();
  input.options = options;
  return input;
}

const std::array stages{&preprocessing_stage()};

Done processed(const std::string& bytes, const std::string& options = "{}") {
  Done done;
  const auto file = memory_file(bytes);
  auto output = run_pipeline(stages, input_of(file, options), done.surroundings);
  if (!output) {
    ADD_FAILURE() << output.error().message;
    return done;
  }
  done.output = std::move(*output);
  done.record = json::parse(done.output.record).as_object();
  return done;
}

// A page with a dark border, on its side.
Image spoilt_page() {
  auto page = white_page(2480, 3000);
  for (int i = 0; i < 24; ++i) write(page, 300, 300 + i * 110, text_lines.at(static_cast<std::size_t>(i) % 6), 10);
  fill(page, 0, 0, 100, 3000);
  Image turned(pixRotateOrth(page.pix(), 1));
  pixSetResolution(turned.pix(), 300, 300);
  return turned;
}

TEST(Preprocessing, WritesACleanedPdfOfAnImage) {
  auto done = processed(test::encoded(spoilt_page().pix(), IFF_PNG));
  EXPECT_EQ(done.output.outcome, Outcome::ok);
  EXPECT_EQ(done.page(0).at("turned").to_number<int>(), 270);
  EXPECT_EQ(done.page(0).at("script").as_string(), "Latin");
  EXPECT_THAT(json::serialize(done.page(0).at("steps")), HasSubstr(R"(["rotate","borders")"));
  auto pdf = done.cleaned("pdf");
  ASSERT_TRUE(pdf.document);
  EXPECT_EQ((*pdf.document)->page_count(), 1);
  const auto image = pdf.page(1)->image(300);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width(), 2480);
  EXPECT_EQ(image->height(), 3000);
  l_uint32 border = 0;
  pixGetPixel(image->pix(), 50, 1500, &border);
  EXPECT_GT(border, 240U);
}

TEST(Preprocessing, WritesATiffOfAllPages) {
  const auto page = spoilt_page();
  test::PdfFile pdf;
  for (int i = 0; i < 2; ++i) {
    const int image = pdf.add_stream(
        "/Type/XObject/Subtype/Image/Width 3000/Height 2480/ColorSpace/DeviceGray"
        "/BitsPerComponent 8/Filter/DCTDecode",
        test::encoded(page.pix(), IFF_JFIF_JPEG));
    pdf.add_page("720 0 0 595.2 0 0 cm /Im Do", "/XObject<</Im " + std::to_string(image) + " 0 R>>",
                 "/MediaBox[0 0 720 595.2]");
  }
  for (const auto* steps : {R"("rotate,borders")", R"("rotate,borders,binarize")"}) {
    auto done = processed(pdf.bytes(), std::string(R"({"cleaned":"tiff","steps":)") + steps + "}");
    auto tiff = done.cleaned("tiff");
    ASSERT_TRUE(tiff.document) << tiff.document.error().message;
    ASSERT_EQ((*tiff.document)->page_count(), 2);
    for (const int number : {1, 2}) {
      const auto image = tiff.page(number)->image(300);
      ASSERT_TRUE(image) << image.error().message;
      EXPECT_EQ(image->width(), 2480);
      EXPECT_EQ(image->dpi(), 300);
      l_uint32 middle = 9;
      pixGetPixel(image->pix(), 1240, 100, &middle);
      EXPECT_EQ(middle, image->depth() == 1 ? 0U : 255U);
    }
    EXPECT_FALSE(done.surroundings.artifacts.contains("cleaned.pdf"));
  }
}

TEST(Preprocessing, LeavesPagesThatAreNoScansAsTheyAre) {
  auto done = processed(test::one_page("BT /F 12 Tf 100 700 Td (born digital) Tj ET"));
  EXPECT_EQ(done.page(0).at("status").as_string(), "skipped");
  EXPECT_EQ(done.page(0).at("reason").as_string(), "the page is no scan: it stays as it is");
  auto pdf = done.cleaned("pdf");
  const auto text = pdf.page(1)->text_layer();
  EXPECT_THAT(plain_text(*text), HasSubstr("born digital"));
}

TEST(Preprocessing, DrawsPagesThatAreNoScansForTheTiffOnly) {
  auto done = processed(test::one_page("BT /F 12 Tf 100 700 Td (born digital) Tj ET"), R"({"cleaned":"pdf,tiff"})");
  EXPECT_EQ(done.page(0).at("status").as_string(), "ok");
  auto pdf = done.cleaned("pdf");
  const auto text = pdf.page(1)->text_layer();
  EXPECT_THAT(plain_text(*text), HasSubstr("born digital"));
  EXPECT_EQ((*done.cleaned("tiff").document)->page_count(), 1);
}

TEST(Preprocessing, CutsDoublePagesInTwo) {
  auto page = white_page(3600, 2000);
  for (const int left : {150, 1950}) {
    for (int y = 200; y < 1800; y += 80) write(page, left, y, "while the minister answered none", 10);
  }
  auto done = processed(test::encoded(page.pix(), IFF_PNG), R"({"steps":"split"})");
  EXPECT_EQ(done.record.at("page_count").to_number<int>(), 1);
  auto pdf = done.cleaned("pdf");
  ASSERT_EQ((*pdf.document)->page_count(), 2);
  EXPECT_NEAR((*pdf.page(1)->image(300)).width() + (*pdf.page(2)->image(300)).width(), 3600, 1);
}

TEST(Preprocessing, ShowsItsStepsWhenAsked) {
  auto done = processed(test::encoded(spoilt_page().pix(), IFF_PNG), R"({"keep_steps":true,"cleaned":"none"})");
  const auto html = done.surroundings.text("steps.html");
  EXPECT_THAT(html, HasSubstr("Page 1: rotate"));
  EXPECT_THAT(html, HasSubstr("before, 3000 × 2480"));
  EXPECT_THAT(html, HasSubstr("after, 2480 × 3000"));
  EXPECT_EQ(done.surroundings.artifacts.size(), 1U);
}

TEST(Preprocessing, LeavesBlankAndTinyPagesAlone) {
  for (const auto& page : {white_page(1000, 1000), white_page(3, 5)}) {
    auto done = processed(test::encoded(page.pix(), IFF_PNG));
    EXPECT_FALSE(done.page(0).contains("steps"));
    EXPECT_EQ((*done.cleaned("pdf").document)->page_count(), 1);
  }
}

TEST(Preprocessing, GivesBlankPagesTheFormOfTheOthers) {
  auto page = white_page(1000, 1500);
  pixSetResolution(page.pix(), 300, 300);
  auto done = processed(test::encoded(page.pix(), IFF_PNG),
                        R"({"cleaned":"tiff","steps":"auto,resolution,binarize","output_dpi":200})");
  const auto image = done.cleaned("tiff").page(1)->image(200);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->depth(), 1);
  EXPECT_EQ(image->dpi(), 200);
  EXPECT_EQ(image->width(), 667);
}

TEST(Preprocessing, GivesTheSameWhereADocumentWasSplit) {
  const auto page = spoilt_page();
  const auto file = memory_file(test::encoded(page.pix(), IFF_PNG));
  Surroundings part;
  auto input = input_of(file, "{}");
  input.kind = TaskKind::part;
  input.pages = {1, 1};
  ASSERT_TRUE(run_pipeline(stages, input, part));
  input.kind = TaskKind::merge;
  input.pages = {};
  input.parts.resize(1);
  input.parts[0].pages = {1, 1};
  input.parts[0].tree = part.artifacts.at("tree").get();
  Surroundings merged;
  ASSERT_TRUE(run_pipeline(stages, input, merged));
  auto whole = processed(test::encoded(page.pix(), IFF_PNG));
  EXPECT_EQ(merged.text("cleaned.pdf"), whole.surroundings.text("cleaned.pdf"));
}

}  // namespace
}  // namespace docmill
