#include "documents/text_page.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

namespace docmill {
namespace {

Line line_of(std::vector<Word> words) {
  Line line;
  line.box = {.left = 10, .top = 20.5, .right = 300.2, .bottom = 41};
  line.words = std::move(words);
  return line;
}

Block block_of(std::vector<Line> lines) {
  Block block;
  block.box = {.left = 10, .top = 20.5, .right = 300.2, .bottom = 41};
  block.paragraphs.resize(1);
  block.paragraphs[0].lines = std::move(lines);
  return block;
}

TextPage full_page() {
  TextPage page;
  page.number = 7;
  page.width = 2480.5;
  page.height = 3508;
  page.dpi = 299.99;
  page.status = PageStatus::failed;
  page.language = "eng+deu";
  page.confidence = 0.873;
  page.seconds = 1.25;
  page.rotation = 270;
  page.skew = -0.42;
  page.error = fail(ErrorCode::timeout, "took \"too\" long\n", 7);
  auto line = line_of({{"Grüße", {.left = 10, .top = 20.5, .right = 100.1, .bottom = 41}, 0.951}, {"😀", {}, 0}});
  line.baseline_slope = -0.0123;
  line.baseline_offset = -4.5;
  line.right_to_left = true;
  page.blocks = {block_of({line}), Block{}};
  return page;
}

TEST(TextPage, ComesBackFromJsonAsItWas) {
  const auto page = full_page();
  const auto read = text_page_from_json(to_json(page, true));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, page);
}

TEST(TextPage, ComesBackFromJsonWithinTheDecimalsThatAreKept) {
  auto page = full_page();
  page.confidence = 1.0 / 3;
  page.blocks[0].paragraphs[0].lines[0].words[0].box.left = 12.3456789;
  const auto read = text_page_from_json(to_json(page, true));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_NEAR(read->confidence, page.confidence, 0.0005);
  EXPECT_NEAR(read->blocks[0].paragraphs[0].lines[0].words[0].box.left, 12.3456789, 0.05);
}

TEST(TextPage, LeavesBlocksOutOfTheManifest) {
  const auto row = boost::json::parse(to_json(full_page(), false)).as_object();
  EXPECT_FALSE(row.contains("blocks"));
  EXPECT_EQ(row.at("status").as_string(), "failed");
  EXPECT_EQ(row.at("error").at("code").as_string(), "timeout");
}

TEST(TextPage, WritesNumbersWithoutNoise) {
  TextPage page;
  page.number = 1;
  page.width = 100000;
  page.height = 0.1 + 0.2;
  page.confidence = std::numeric_limits<double>::quiet_NaN();
  page.skew = -0.001;
  EXPECT_EQ(
      to_json(page, false),
      R"({"page":1,"status":"ok","width":100000,"height":0.3,"dpi":72,"confidence":0,"seconds":0,"rotation":0,"skew":0})");
}

TEST(TextPage, WritesValidUtf8WhateverTheTextIs) {
  TextPage page;
  page.blocks = {block_of({line_of({{"a\xFF\xC3(\x01", {}, 1}})})};
  const auto read = text_page_from_json(to_json(page, true));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(plain_text(*read).substr(0, 4), "a\uFFFD");
  EXPECT_EQ(plain_text(page), plain_text(*read));
}

TEST(TextPage, SaysWhatIsWrongWithDamagedJson) {
  for (
      const std::string_view text :
      {"", "[]", "{}", "{\"page\":1", R"({"page":"1"})", R"({"page":1,"status":"gone"})",
       R"({"page":1,"status":"ok","width":1,"height":1,"dpi":1,"confidence":1,"seconds":0,"rotation":0,"skew":0,"blocks":[{"box":[1,2,3]}]})"}) {
    const auto read = text_page_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::unreadable) << text;
    EXPECT_FALSE(read.error().message.empty());
  }
}

TEST(PlainText, PartsBlocksByAnEmptyLine) {
  TextPage page;
  page.blocks = {block_of({line_of({{"one", {}, 1}, {"two", {}, 1}}), line_of({{"three", {}, 1}})}),
                 block_of({line_of({{"four", {}, 1}})})};
  EXPECT_EQ(plain_text(page), "one two\nthree\n\nfour\n");
}

TEST(PlainText, SkipsWhatIsEmpty) {
  TextPage page;
  page.blocks = {Block{}, block_of({line_of({}), line_of({{"", {}, 1}, {"one", {}, 1}})}), block_of({line_of({})})};
  EXPECT_EQ(plain_text(page), "one\n");
  EXPECT_EQ(plain_text(TextPage{}), "");
}

}  // namespace
}  // namespace docmill
