// The rules about jobs that are removed by themselves some time after their end.
#include <gmock/gmock.h>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis ttl{60'000};

JobSpec kept_for(Millis result_ttl) {
  JobSpec spec;
  spec.result_ttl = result_ttl;
  return spec;
}

TEST_P(BrokerConformance, AFinishedJobIsRemovedWhenItsTimeHasPassed) {
  const JobId job = submit(2, kept_for(ttl));
  commit(all_done(lease_one(2)));
  clock.advance(ttl - Millis{1});
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_THAT(broker.all_results(job, 10), SizeIs(2));
  clock.advance(Millis{1});
  exchange({}, 0);
  EXPECT_EQ(broker.status(job).error().code, ErrorCode::not_found);
  EXPECT_EQ(broker.results(job, 0, 10).error().code, ErrorCode::not_found);
  EXPECT_THAT(broker.all_jobs(10), IsEmpty());
  EXPECT_EQ(broker.stats().jobs, 0U);
  EXPECT_EQ(broker.stats().documents, Counters());
}

TEST_P(BrokerConformance, AskingForAJobWhoseTimeHasPassedFindsNoneAnyMore) {
  const JobId job = submit(0, kept_for(ttl));
  clock.advance(ttl);
  EXPECT_THAT(broker.all_jobs(10), SizeIs(1)) << "a listing finds nothing in passing";
  EXPECT_EQ(broker.status(job).error().code, ErrorCode::not_found);
}

TEST_P(BrokerConformance, ACancelledJobIsRemovedTooWithWhatNodesStillHold) {
  const JobId job = submit(3, kept_for(ttl));
  const Lease lease = lease_one(2);
  ASSERT_TRUE(broker.cancel(job).has_value());
  clock.advance(ttl);
  EXPECT_THAT(renew({lease.token}), SizeIs(1));
  EXPECT_EQ(broker.status(job).error().code, ErrorCode::not_found);
  EXPECT_THAT(exchange(all_done(lease), 1).stale, SizeIs(2));
}

TEST_P(BrokerConformance, AJobIsKeptForEverWhereNoTimeIsGivenAndWhileItIsNotAtItsEnd) {
  const JobId kept = submit(0);
  const JobId waiting = submit(1, kept_for(ttl));
  clock.advance(std::chrono::hours(24 * 365));
  exchange({}, 0);
  EXPECT_EQ(status(kept).state, JobState::finished);
  EXPECT_EQ(status(waiting).state, JobState::running);
  EXPECT_EQ(status(waiting).spec.result_ttl, ttl);
}

TEST_P(BrokerConformance, ARetryBringsAJobBackToLifeAndItsTimeRunsAnew) {
  const JobId job = submit(1, kept_for(ttl));
  commit({failed(lease_one(1), false)});
  clock.advance(ttl - Millis{1});
  EXPECT_EQ(broker.retry_failed(next_request(), job, 10).value(), 1U);
  EXPECT_EQ(status(job).finished_at, TimePoint{});
  clock.advance(10 * ttl);
  EXPECT_EQ(status(job).state, JobState::running);
  commit(all_done(lease_one(1)));
  clock.advance(ttl - Millis{1});
  EXPECT_EQ(status(job).state, JobState::finished);
  clock.advance(Millis{1});
  EXPECT_EQ(broker.status(job).error().code, ErrorCode::not_found);
}

TEST_P(BrokerConformance, TheKeyOfAJobThatWentByItselfIsFree) {
  JobSpec spec = kept_for(ttl);
  spec.idempotency_key = "key";
  const JobId first = submit(0, spec);
  clock.advance(ttl);
  exchange({}, 0);
  const CreatedJob second = broker.create({.id = next_request(), .spec = spec}).value();
  EXPECT_FALSE(second.existed);
  EXPECT_NE(second.job, first);
}

TEST_P(BrokerConformance, ManyJobsWhoseTimeHasPassedGoAFewHundredACall) {
  for (int i = 0; i < 300; ++i) submit(0, kept_for(ttl));
  clock.advance(ttl);
  exchange({}, 0);
  EXPECT_EQ(broker.stats().jobs, 44U);
  exchange({}, 0);
  EXPECT_EQ(broker.stats().jobs, 0U);
}

TEST_P(BrokerConformance, ATimeToKeepResultsBelowNothingOrOverAHundredYearsIsRefused) {
  for (const Millis wrong : {Millis{-1}, Millis{std::chrono::hours(24 * 365 * 100)} + Millis{1}, Millis::max()}) {
    const Result<CreatedJob> refused = broker.create({.id = next_request(), .spec = kept_for(wrong)});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_option);
  }
  submit(0, kept_for(std::chrono::hours(24 * 365 * 100)));
}

}  // namespace
}  // namespace docmill::test
