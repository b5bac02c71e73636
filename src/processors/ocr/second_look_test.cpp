#include "processors/ocr/second_look.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "processors/ocr/engine_test_support.hpp"
#include "processors/ocr/feed.hpp"
#include "processors/page_test_support.hpp"

namespace docmill::ocr {
namespace {

constexpr double sure = 0.95;
constexpr double unsure = 0.5;

// A page of six lines, and what the engine has read on it.
class SecondLook : public testing::Test {
 protected:
  void SetUp() override {
    const auto read = english().recognise(page_, automatic_segmentation);
    ASSERT_TRUE(read) << read.error().message;
    blocks_ = read->blocks;
    ASSERT_EQ(lines().size(), 6U);
    for (auto* line : lines()) {
      for (auto& word : line->words) word.confidence = sure;
    }
  }

  std::vector<Line*> lines() {
    std::vector<Line*> found;
    for (auto& block : blocks_) {
      for (auto& paragraph : block.paragraphs) {
        for (auto& line : paragraph.lines) found.push_back(&line);
      }
    }
    return found;
  }

  Word& word(std::size_t line, std::size_t number) { return lines().at(line)->words.at(number); }
  Word& last_word(std::size_t line) { return lines().at(line)->words.back(); }

  // Ink behind a line, from so far above its baseline down to it.
  void draw_behind(std::size_t number, int height) {
    const auto& line = *lines().at(number);
    const auto baseline = static_cast<int>(line.box.bottom + line.baseline_offset);
    docmill::fill(page_, static_cast<int>(line.words.back().box.right) + 6, baseline - height, 3, height);
  }

  void look() { ASSERT_TRUE(look_again(english(), page_, blocks_)); }

  Image page_ = feed(text_page(100, 10)).image;
  std::vector<Block> blocks_;
};

TEST_F(SecondLook, MendsADoubtfulWordInItsPlace) {
  const auto right = word(1, 3);
  ASSERT_EQ(right.text, "every");
  word(1, 3).text = "cvery";
  word(1, 3).confidence = unsure;
  look();
  EXPECT_EQ(word(1, 3).text, "every");
  EXPECT_GT(word(1, 3).confidence, unsure);
  EXPECT_EQ(word(1, 3).box, right.box);
}

TEST_F(SecondLook, MendsTheFirstAndTheLastWordsOfALine) {
  for (auto* doubt : {&word(0, 0), &word(0, 1), &last_word(0)}) *doubt = {"wrong", doubt->box, unsure};
  look();
  EXPECT_EQ(word(0, 0).text, "The");
  EXPECT_EQ(word(0, 1).text, "committee");
  EXPECT_EQ(last_word(0).text, "bridge");
}

TEST_F(SecondLook, LeavesSureWordsAlone) {
  word(1, 3).text = "cvery";
  word(1, 4).confidence = unsure;
  look();
  EXPECT_EQ(word(1, 3).text, "cvery");
}

TEST_F(SecondLook, KeepsWhatTheEngineWasSurerOf) {
  page_ = white_page(page_.width(), page_.height());  // nothing to be read any more
  word(1, 3).confidence = unsure;
  look();
  EXPECT_EQ(word(1, 3).text, "every");
}

TEST_F(SecondLook, LeavesAPageAloneOfWhichMuchIsDoubtful) {
  for (auto* line : lines()) {
    for (auto& word : line->words) word = {"wrong", word.box, unsure};
  }
  look();
  EXPECT_EQ(word(1, 3).text, "wrong");
}

TEST_F(SecondLook, AddsTheFullStopThatTheEngineTookForDust) {
  ASSERT_EQ(last_word(3).text, "accident");
  const auto box = last_word(3).box;
  draw_behind(3, 3);
  look();
  EXPECT_EQ(last_word(3).text, "accident.");
  EXPECT_GT(last_word(3).box.right, box.right);
  EXPECT_GE(lines().at(3)->box.right, last_word(3).box.right);
}

TEST_F(SecondLook, TakesNoRuleForAFullStop) {
  const auto box = last_word(3).box;
  draw_behind(3, 20);
  look();
  EXPECT_EQ(last_word(3).text, "accident");
  EXPECT_EQ(last_word(3).box, box);
}

}  // namespace
}  // namespace docmill::ocr
