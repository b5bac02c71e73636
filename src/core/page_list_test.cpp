#include "core/page_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docmill {

void PrintTo(const PageSpan& span, std::ostream* out) { *out << span.first << '-' << span.last; }

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PageList, UnderstandsPagesRangesAndTheEnd) {
  EXPECT_THAT(*parse_page_list("1,3-5,8-end"), ElementsAre(PageSpan{1, 1}, PageSpan{3, 5}, PageSpan{8, PageSpan::end}));
  EXPECT_THAT(*parse_page_list("8-"), ElementsAre(PageSpan{8, PageSpan::end}));
  EXPECT_THAT(*parse_page_list("end"), ElementsAre(PageSpan{PageSpan::end, PageSpan::end}));
  EXPECT_THAT(*parse_page_list(" 2 , 4 - 5 "), ElementsAre(PageSpan{2, 2}, PageSpan{4, 5}));
  EXPECT_THAT(*parse_page_list(""), IsEmpty());
}

TEST(PageList, SaysWhatIsNotUnderstood) {
  for (const auto* text :
       {"x", "1-x", "0", "-", "-2", "1,,2", "1,", ",", "5-3", "1.5", "-0", "end-3", "1-2-3", "99999999999"}) {
    const auto spans = parse_page_list(text);
    ASSERT_FALSE(spans) << text;
    EXPECT_EQ(spans.error().code, ErrorCode::invalid_option);
    EXPECT_THAT(spans.error().message, HasSubstr("1,3-5,8-end"));
  }
}

}  // namespace
}  // namespace docmill
