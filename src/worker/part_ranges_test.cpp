#include "worker/part_ranges.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

std::string record(int first, int last, int page_count) {
  std::string pages;
  for (int page = first; page <= last; ++page)
    pages += (pages.empty() ? "" : ",") + ("{\"page\":" + std::to_string(page)) + "}";
  return R"({"page_count":)" + std::to_string(page_count) + R"(,"pages":[)" + pages + "]}";
}

TEST(PartRanges, DonePartsSayThemselvesWhichPagesTheyHad) {
  EXPECT_EQ(*part_ranges({record(1, 10, 20), record(11, 20, 20)}), (std::vector<PageRange>{{1, 10}, {11, 20}}));
}

TEST(PartRanges, AFailedPartHadTheGapBetweenItsNeighbours) {
  EXPECT_EQ(*part_ranges({record(1, 10, 30), "", record(21, 30, 30)}),
            (std::vector<PageRange>{{1, 10}, {11, 20}, {21, 30}}));
}

TEST(PartRanges, FailedPartsAtTheEndsReachToTheEndsOfTheDocument) {
  EXPECT_EQ(*part_ranges({"", record(11, 20, 33), ""}), (std::vector<PageRange>{{1, 10}, {11, 20}, {21, 33}}));
}

TEST(PartRanges, FailedNeighboursShareTheirGap) {
  EXPECT_EQ(*part_ranges({record(1, 10, 31), "", ""}), (std::vector<PageRange>{{1, 10}, {11, 20}, {21, 31}}));
}

TEST(PartRanges, AFailedPartWithoutAGapIsRefused) {
  const auto ranges = part_ranges({record(1, 10, 10), ""});
  ASSERT_FALSE(ranges);
  EXPECT_NE(ranges.error().message.find("part 2"), std::string::npos);
  EXPECT_TRUE(part_ranges({})->empty());
}

TEST(PartRanges, ARecordThatNamesNoPagesIsRefusedWithItsNumber) {
  for (const auto* bad : {"x", "[]", "{}", R"({"pages":[]})", R"({"pages":[{}]})", R"({"pages":[{"page":-1}]})"}) {
    const auto ranges = part_ranges({record(1, 2, 4), bad});
    ASSERT_FALSE(ranges) << bad;
    EXPECT_EQ(ranges.error().code, ErrorCode::internal);
    EXPECT_NE(ranges.error().message.find("part 2"), std::string::npos);
  }
}

}  // namespace
}  // namespace docmill
