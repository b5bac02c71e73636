#include "broker/rules.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace docmill::rules {
namespace {

RetryPolicy policy(std::int64_t base_ms, std::int64_t cap_ms) {
  RetryPolicy retry;
  retry.backoff_base = Millis{base_ms};
  retry.backoff_cap = Millis{cap_ms};
  return retry;
}

const JobId job{"abcdefgh01234567"};

TEST(Rules, AJobWithinTheLimitsMayBeSubmitted) {
  JobSpec spec;
  EXPECT_TRUE(check(spec));
  spec.needs = {"ocr"};
  spec.result_ttl = std::chrono::hours(24) * 365 * 100;
  EXPECT_TRUE(check(spec));
  spec.result_ttl += Millis{1};
  EXPECT_EQ(check(spec).error().code, ErrorCode::invalid_option);
  spec.result_ttl = Millis{-1};
  EXPECT_EQ(check(spec).error().code, ErrorCode::invalid_option);
  spec.result_ttl = Millis{0};
  spec.needs = {"a b"};
  EXPECT_EQ(check(spec).error().code, ErrorCode::invalid_option);
}

TEST(Rules, ATurnCostsLessTheHigherThePriority) {
  EXPECT_EQ(turn_cost(Priority::low), 64U);
  EXPECT_EQ(turn_cost(Priority::normal), 16U);
  EXPECT_EQ(turn_cost(Priority::high), 4U);
  EXPECT_EQ(turn_cost(Priority::critical), 1U);
}

TEST(Rules, ARetryWaitsNoLongerThanItsDoubledBaseAndTheCap) {
  for (int failures = 1; failures < 40; ++failures) {
    const std::int64_t doubled = failures < 20 ? std::int64_t{100} << (failures - 1) : 5'000;
    for (std::uint64_t index = 0; index < 200; ++index) {
      const Millis delay = retry_delay(policy(100, 5'000), job, {.index = index, .part = 0}, failures);
      EXPECT_GE(delay, Millis{0});
      EXPECT_LE(delay, Millis{std::min<std::int64_t>(5'000, doubled)});
    }
  }
}

TEST(Rules, RetriesAreSpreadOverTheWholeTime) {
  Millis least = Millis::max();
  Millis most = Millis::min();
  Millis sum{0};
  constexpr int draws = 2'000;
  for (std::uint64_t index = 0; index < draws; ++index) {
    const Millis delay = retry_delay(policy(1'000, 60'000), job, {.index = index, .part = 0}, 1);
    least = std::min(least, delay);
    most = std::max(most, delay);
    sum += delay;
  }
  EXPECT_LT(least, Millis{20});
  EXPECT_GT(most, Millis{980});
  EXPECT_NEAR(static_cast<double>(sum.count()) / draws, 500, 30);
}

TEST(Rules, ARetryIsDrawnTheSameEachTimeAndOtherwiseForEachTask) {
  const RetryPolicy retry = policy(1'000'000, 1'000'000'000);
  EXPECT_EQ(retry_delay(retry, job, {.index = 7, .part = 2}, 3), retry_delay(retry, job, {.index = 7, .part = 2}, 3));
  std::set<Millis> delays;
  for (int part = 0; part < 10; ++part) delays.insert(retry_delay(retry, job, {.index = 7, .part = part}, 3));
  delays.insert(retry_delay(retry, JobId{"another"}, {.index = 7, .part = 0}, 3));
  delays.insert(retry_delay(retry, job, {.index = 8, .part = 0}, 3));
  delays.insert(retry_delay(retry, job, {.index = 7, .part = 0}, 4));
  EXPECT_EQ(delays.size(), 13U);
}

TEST(Rules, BackoffOfNothingOrLessIsNoWait) {
  EXPECT_EQ(retry_delay(policy(0, 1'000), job, {}, 1), Millis{0});
  EXPECT_EQ(retry_delay(policy(1'000, 0), job, {}, 1), Millis{0});
  EXPECT_EQ(retry_delay(policy(-5, -5), job, {}, 1), Millis{0});
}

TEST(Rules, AnEnormousBackoffDoesNotOverflow) {
  constexpr std::int64_t enormous = std::numeric_limits<std::int64_t>::max() / 2;
  for (const int failures : {1, 2, 31, 1'000}) {
    EXPECT_GE(retry_delay(policy(enormous, enormous), job, {}, failures), Millis{0});
  }
}

TEST(Rules, ASplitDocumentIsWhatItsBusiestPartIs) {
  EXPECT_EQ(split_state(3, 1, 2), TaskState::leased);
  EXPECT_EQ(split_state(3, 0, 2), TaskState::waiting);
  EXPECT_EQ(split_state(0, 0, 2), TaskState::retrying);
}

TEST(Rules, AJobIsTheFirstOfItsStatesThatFits) {
  Counters busy;
  busy.waiting = 1;
  Counters idle;
  idle.done = 2;
  EXPECT_EQ(job_state({.sealed = true, .paused = true, .cancelled = true}, idle), JobState::cancelled);
  EXPECT_EQ(job_state({.sealed = false, .paused = true, .cancelled = false}, busy), JobState::open);
  EXPECT_EQ(job_state({.sealed = true, .paused = true, .cancelled = false}, idle), JobState::finished);
  EXPECT_EQ(job_state({.sealed = true, .paused = true, .cancelled = false}, busy), JobState::paused);
  EXPECT_EQ(job_state({.sealed = true, .paused = false, .cancelled = false}, busy), JobState::running);
  EXPECT_EQ(job_state({.sealed = true, .paused = false, .cancelled = false}, {}), JobState::finished);
}

}  // namespace
}  // namespace docmill::rules
