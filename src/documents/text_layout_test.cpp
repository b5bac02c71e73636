#include "documents/text_layout.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

// Runs of one line, ten points high, parted by spaces.
void add_line(std::vector<TextRun>& runs, double left, double top, const std::vector<std::string>& words) {
  for (const auto& word : words) {
    const double width = 5.0 * static_cast<double>(word.size());
    runs.push_back(TextRun{word, {left, top, left + width, top + 10}, 0, true});
    left += width + 3;
  }
  runs.back().space_after = false;
}

TEST(Arrange, makes_nothing_of_nothing) { EXPECT_TRUE(arrange({}).empty()); }

TEST(Arrange, puts_words_into_lines_and_lines_into_one_paragraph) {
  std::vector<TextRun> runs;
  add_line(runs, 50, 100, {"The", "first", "line"});
  add_line(runs, 50, 112, {"and", "another"});
  const auto blocks = arrange(runs);
  ASSERT_EQ(blocks.size(), 1u);
  ASSERT_EQ(blocks[0].paragraphs.size(), 1u);
  ASSERT_EQ(blocks[0].paragraphs[0].lines.size(), 2u);
  EXPECT_EQ(blocks[0].paragraphs[0].lines[0].words.size(), 3u);
  EXPECT_EQ(blocks[0].paragraphs[0].lines[1].words[1].text, "another");
  EXPECT_EQ(blocks[0].box, (Box{50, 100, 116, 122}));
}

TEST(Arrange, starts_a_paragraph_at_an_indent) {
  std::vector<TextRun> runs;
  add_line(runs, 50, 100, {"End", "of", "one"});
  add_line(runs, 65, 112, {"Indented", "start"});
  add_line(runs, 50, 124, {"and", "on"});
  const auto blocks = arrange(runs);
  ASSERT_EQ(blocks.size(), 1u);
  ASSERT_EQ(blocks[0].paragraphs.size(), 2u);
  EXPECT_EQ(blocks[0].paragraphs[1].lines.size(), 2u);
}

TEST(Arrange, starts_a_block_after_a_gap_and_in_another_column) {
  std::vector<TextRun> runs;
  add_line(runs, 50, 100, {"Heading"});
  add_line(runs, 50, 130, {"left", "column"});
  add_line(runs, 300, 130, {"right", "column"});
  EXPECT_EQ(arrange(runs).size(), 3u);
}

TEST(Arrange, joins_the_pieces_of_a_word_whose_font_changes) {
  std::vector<TextRun> runs{TextRun{"Doc", {50, 100, 65, 110}, 0, false}, TextRun{"mill", {65, 100, 85, 110}, 0, true},
                            TextRun{"runs", {88, 100, 108, 110}, 0, false}};
  const auto blocks = arrange(runs);
  ASSERT_EQ(blocks.size(), 1u);
  const auto& words = blocks[0].paragraphs[0].lines[0].words;
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0].text, "Docmill");
  EXPECT_EQ(words[0].box, (Box{50, 100, 85, 110}));
}

TEST(Arrange, follows_text_that_runs_up_the_page) {
  const std::vector<TextRun> runs{TextRun{"up", {100, 480, 110, 500}, 3, true},
                                  TextRun{"wards", {100, 440, 110, 477}, 3, false},
                                  TextRun{"next", {112, 470, 122, 500}, 3, false}};
  const auto blocks = arrange(runs);
  ASSERT_EQ(blocks.size(), 1u);
  ASSERT_EQ(blocks[0].paragraphs[0].lines.size(), 2u);
  EXPECT_EQ(blocks[0].paragraphs[0].lines[0].words.size(), 2u);
}

}  // namespace
}  // namespace docmill
