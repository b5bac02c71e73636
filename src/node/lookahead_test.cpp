#include "node/lookahead.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

using namespace std::chrono_literals;

Pace pace(std::chrono::nanoseconds task, std::chrono::nanoseconds round_trip) {
  Pace result;
  result.tasks_took(1, task);
  result.round_trip_took(round_trip);
  return result;
}

TEST(Lookahead, HoldsOneSpareTaskBeforeAnythingIsMeasured) { EXPECT_EQ(lookahead(4, Pace()), 1); }

TEST(Lookahead, HoldsOneSpareTaskForSlowDocuments) { EXPECT_EQ(lookahead(2, pace(2s, 5ms)), 1); }

TEST(Lookahead, HoldsHundredsForTinyTasks) {
  EXPECT_GE(lookahead(2, pace(100us, 5ms)), 200);
  EXPECT_LE(lookahead(64, pace(1us, 1s)), 1000);
}

TEST(Lookahead, GrowsWithTheRoundTrip) { EXPECT_GT(lookahead(2, pace(10ms, 200ms)), lookahead(2, pace(10ms, 2ms))); }

TEST(Lookahead, FeedsSlowTasksOneByOne) { EXPECT_EQ(feed_ahead(100, 2, pace(500ms, 5ms)), 1); }

TEST(Lookahead, FeedsTinyTasksInBatchesButLeavesOthersTheirShare) {
  EXPECT_GT(feed_ahead(1000, 2, pace(50us, 5ms)), 10);
  EXPECT_EQ(feed_ahead(4, 4, pace(50us, 5ms)), 1);
}

TEST(Pace, FollowsAChangeWithinAFewTasks) {
  Pace result = pace(1s, 5ms);
  for (int i = 0; i < 30; ++i) result.tasks_took(1, 1ms);
  EXPECT_LT(result.task_seconds(), 0.01);
}

TEST(Pace, SharesTheTimeOfABatchAmongItsTasks) {
  Pace result;
  result.tasks_took(100, 10ms);
  EXPECT_NEAR(result.task_seconds(), 100e-6, 1e-9);
}

}  // namespace
}  // namespace docmill
