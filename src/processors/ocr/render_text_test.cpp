#include <fcntl.h>

#include <boost/json.hpp>
#include <map>

#include "processors/ocr/render_test_support.hpp"

namespace docmill::ocr {
namespace {

TEST(Renderer, RefusesAnUnknownFormat) {
  const auto renderer = open_renderer("docx", -1, {});
  ASSERT_FALSE(renderer);
  EXPECT_EQ(renderer.error().code, ErrorCode::invalid_option);
}

TEST(Renderer, SaysWhenTheDiskIsFull) {
  const Descriptor full(::open("/dev/full", O_WRONLY));
  ASSERT_TRUE(full);
  RenderSource source;
  source.name = "a.png";
  for (const std::string_view format : {"txt", "json", "tsv", "hocr", "alto", "blocks"}) {
    auto renderer = open_renderer(format, full.get(), source);
    ASSERT_TRUE(renderer) << format;
    EXPECT_TRUE((*renderer)->page(sample_page())) << format;
    const auto status = (*renderer)->finish();
    ASSERT_FALSE(status) << format;
    EXPECT_EQ(status.error().code, ErrorCode::output_unavailable) << format;
    EXPECT_EQ(status.error().message,
              "no space left on the disk for the " + std::string(format) + " output of 'a.png'");
  }
}

TEST(TxtRenderer, PartsPagesByFormFeeds) {
  TextPage blank;
  blank.number = 2;
  blank.status = PageStatus::blank;
  EXPECT_EQ(render("txt", {sample_page(1), blank, sample_page(3)}),
            "Hello world\nagain\n\nOther\n\f\fHello world\nagain\n\nOther\n");
}

TEST(TxtRenderer, WritesPagesBiggerThanItsBuffer) {
  auto page = sample_page();
  page.blocks[0].paragraphs[0].lines[0].words[0].text = std::string(200'000, 'x');
  const auto text = render("txt", {sample_page(), page, sample_page()});
  EXPECT_EQ(text.size(), 3 * plain_text(sample_page()).size() + 2 + 200'000 - 5);
}

TEST(JsonRenderer, WritesAnArrayOfPagesWithBlocks) {
  const auto pages = boost::json::parse(render("json", {sample_page(1), sample_page(4)})).as_array();
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[1].at("page").as_int64(), 4);
  EXPECT_EQ(pages[1].at("blocks").as_array().size(), 2U);
}

TEST(JsonRenderer, WritesAnEmptyArrayWithoutPages) {
  EXPECT_TRUE(boost::json::parse(render("json", {})).as_array().empty());
}

TEST(TsvRenderer, WritesTheRowsThatTesseractWrites) {
  EXPECT_EQ(render("tsv", {sample_page(3)}),
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
            "1\t3\t0\t0\t0\t0\t0\t0\t1000\t500\t-1\t\n"
            "2\t3\t1\t0\t0\t0\t100\t40\t230\t30\t-1\t\n"
            "3\t3\t1\t1\t0\t0\t100\t40\t230\t30\t-1\t\n"
            "4\t3\t1\t1\t1\t0\t100\t40\t230\t30\t-1\t\n"
            "5\t3\t1\t1\t1\t1\t100\t40\t100\t30\t95.000000\tHello\n"
            "5\t3\t1\t1\t1\t2\t220\t40\t110\t30\t85.000000\tworld\n"
            "4\t3\t1\t1\t2\t0\t100\t90\t90\t30\t-1\t\n"
            "5\t3\t1\t1\t2\t1\t100\t90\t90\t30\t90.000000\tagain\n"
            "2\t3\t2\t0\t0\t0\t600\t40\t100\t30\t-1\t\n"
            "3\t3\t2\t1\t0\t0\t600\t40\t100\t30\t-1\t\n"
            "4\t3\t2\t1\t1\t0\t600\t40\t100\t30\t-1\t\n"
            "5\t3\t2\t1\t1\t1\t600\t40\t100\t30\t90.000000\tOther\n");
}

TEST(BlocksRenderer, WritesWhatTextractAnswers) {
  const auto answer = boost::json::parse(render("blocks", {sample_page(3), sample_page(4)}));
  EXPECT_EQ(answer.at("DocumentMetadata").at("Pages").as_int64(), 2);
  const auto& blocks = answer.at("Blocks").as_array();
  ASSERT_EQ(blocks.size(), 2U * (1 + 3 + 4));
  std::map<std::string, const boost::json::value*> by_id;
  for (const auto& block : blocks) by_id[std::string(block.at("Id").as_string())] = &block;
  EXPECT_EQ(by_id.size(), blocks.size());
  const auto& page = *by_id.at("3");
  EXPECT_EQ(page.at("BlockType").as_string(), "PAGE");
  EXPECT_EQ(page.at("Page").as_int64(), 3);
  EXPECT_EQ(page.at("Relationships").at(0).at("Ids").as_array().size(), 3U);
  const auto& line = *by_id.at(std::string(page.at("Relationships").at(0).at("Ids").at(0).as_string()));
  EXPECT_EQ(line.at("Text").as_string(), "Hello world");
  EXPECT_NEAR(line.at("Confidence").to_number<double>(), 90, 0.01);
  const auto& word = *by_id.at(std::string(line.at("Relationships").at(0).at("Ids").at(1).as_string()));
  EXPECT_EQ(word.at("Text").as_string(), "world");
  const auto& box = word.at("Geometry").at("BoundingBox");  // of {220, 40, 330, 70} on 1000 x 500
  EXPECT_NEAR(box.at("Left").to_number<double>(), 0.22, 1e-6);
  EXPECT_NEAR(box.at("Top").to_number<double>(), 0.08, 1e-6);
  EXPECT_NEAR(box.at("Width").to_number<double>(), 0.11, 1e-6);
  EXPECT_NEAR(box.at("Height").to_number<double>(), 0.06, 1e-6);
  EXPECT_TRUE(boost::json::parse(render("blocks", {})).at("Blocks").as_array().empty());
}

TEST(TsvRenderer, KeepsWordsInTheirColumn) {
  auto page = sample_page();
  page.blocks[0].paragraphs[0].lines[0].words[0].text = "a\tb\nc";
  EXPECT_NE(render("tsv", {page}).find("\ta b c\n"), std::string::npos);
}

}  // namespace
}  // namespace docmill::ocr
