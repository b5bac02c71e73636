#include "core/quantity.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

TEST(Quantity, SizesCountByThousandsOrByPowersOfTwoAsTheirUnitsSay) {
  EXPECT_EQ(parse_bytes("7"), 7);
  EXPECT_EQ(parse_bytes("10MB"), 10'000'000);
  EXPECT_EQ(parse_bytes("10 MiB"), 10 << 20);
  EXPECT_EQ(parse_bytes("1.5k"), 1536);
  EXPECT_EQ(parse_bytes("2gb"), 2'000'000'000);
}

TEST(Quantity, TimesWithoutAUnitAreSeconds) {
  EXPECT_EQ(parse_duration("2"), 2'000);
  EXPECT_EQ(parse_duration("1.5h"), 5'400'000);
  EXPECT_EQ(parse_duration("30d"), 2'592'000'000);
}

TEST(Quantity, WhatIsNoneIsRefused) {
  for (const auto* text : {"", "MB", "-1", "1 zb", "1e300", "9999999TB", "1,5MB"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
  EXPECT_FALSE(parse_duration("2 weeks"));
}

}  // namespace
}  // namespace docmill
