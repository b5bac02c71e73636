#include "processors/ocr/page_selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace docmill::ocr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int> selected(std::string_view text, int page_count = 10) {
  const auto pages = select_pages(text, page_count);
  EXPECT_TRUE(pages) << pages.error().message;
  return pages ? *pages : std::vector<int>();
}

std::vector<int> pages_up_to(int count) {
  std::vector<int> pages(static_cast<std::size_t>(count));
  std::iota(pages.begin(), pages.end(), 1);
  return pages;
}

TEST(PageSelection, TakesAllPagesUnlessToldOtherwise) { EXPECT_EQ(selected("", 4), pages_up_to(4)); }

TEST(PageSelection, UnderstandsPagesAndRanges) {
  EXPECT_THAT(selected("1,3-5,8-end"), ElementsAre(1, 3, 4, 5, 8, 9, 10));
  EXPECT_THAT(selected("8-"), ElementsAre(8, 9, 10));
  EXPECT_THAT(selected("end"), ElementsAre(10));
}

TEST(PageSelection, SortsAndTakesEachPageOnce) { EXPECT_THAT(selected("5,1-3,2"), ElementsAre(1, 2, 3, 5)); }

TEST(PageSelection, RefusesWhatIsNoListOfPages) {
  const auto pages = select_pages("1-x", 10);
  ASSERT_FALSE(pages);
  EXPECT_THAT(pages.error().message, HasSubstr("'1-x' is no page and no range"));
}

TEST(PageSelection, SaysWhatTheDocumentHasNot) {
  const auto pages = select_pages("3-11", 10);
  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().message, "option 'pages' asks for page 11; the document has 10");
}

TEST(PageSelection, OfAPartIsWithinItsRange) {
  EXPECT_THAT(pages_within({1, 3, 5, 9}, {3, 8}), ElementsAre(3, 5));
  EXPECT_THAT(pages_within({1, 3}, {}), ElementsAre(1, 3));
}

TEST(SplitPages, MakesEvenPartsOfAtMostTheSizeAsked) {
  EXPECT_THAT(split_pages(pages_up_to(70), 32), ElementsAre(PageRange{1, 23}, PageRange{24, 46}, PageRange{47, 70}));
  EXPECT_THAT(split_pages(pages_up_to(64), 32), ElementsAre(PageRange{1, 32}, PageRange{33, 64}));
}

TEST(SplitPages, LeavesGapsBetweenPartsOut) {
  EXPECT_THAT(split_pages({2, 3, 50, 51}, 2), ElementsAre(PageRange{2, 3}, PageRange{50, 51}));
}

TEST(SplitPages, NeverMakesMorePartsThanABrokerTakes) {
  const auto ranges = split_pages(pages_up_to(100'000), 32);
  ASSERT_EQ(ranges.size(), 240U);
  EXPECT_EQ(ranges.front().first, 1);
  EXPECT_EQ(ranges.back().last, 100'000);
  for (std::size_t i = 1; i < ranges.size(); ++i) EXPECT_EQ(ranges[i].first, ranges[i - 1].last + 1);
}

}  // namespace
}  // namespace docmill::ocr
