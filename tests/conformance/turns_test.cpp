// The rules about whose turn it is, and in which order a job gives its tasks.
#include <gmock/gmock.h>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<JobId> jobs_of(const std::vector<Lease>& leases) {
  std::vector<JobId> jobs;
  for (const Lease& lease : leases) jobs.push_back(lease.job);
  return jobs;
}

TEST_P(BrokerConformance, ALeaseIsOneRunOfFreshDocumentsInOrder) {
  submit(10);
  EXPECT_THAT(indexes(lease_one(4)), ElementsAre(0U, 1U, 2U, 3U));
  const Lease rest = lease_one(100);
  EXPECT_THAT(indexes(rest), ElementsAre(4U, 5U, 6U, 7U, 8U, 9U));
  EXPECT_EQ(rest.tasks[0].document, "4");
  EXPECT_EQ(rest.tasks[0].kind, TaskKind::document);
  EXPECT_EQ(rest.spec->pipeline, "ocr");
  EXPECT_THAT(lease(1), IsEmpty());
}

TEST_P(BrokerConformance, WantingNothingGivesNothingAndSaysWhetherThereIsWork) {
  const JobId job = submit(2);
  EXPECT_TRUE(exchange({}, 0).more);
  EXPECT_THAT(exchange({}, 0).leases, IsEmpty());
  EXPECT_TRUE(exchange({}, 1).more);
  EXPECT_FALSE(exchange({}, 1).more);
  EXPECT_EQ(counters(job), (Counters{.leased = 2}));
}

TEST_P(BrokerConformance, OneExchangeServesJobAfterJobUntilItHasEnough) {
  const JobId first = submit(3);
  const JobId second = submit(3);
  const JobId third = submit(3);
  const std::vector<Lease> leases = lease(8);
  EXPECT_THAT(jobs_of(leases), ElementsAre(first, second, third));
  EXPECT_THAT(leases[2].tasks, SizeIs(2));
}

TEST_P(BrokerConformance, JobsOfOneVirtualTimeAreServedInTheOrderOfTheirCreation) {
  const JobId first = submit(4);
  const JobId second = submit(4);
  std::vector<JobId> turns;
  for (int turn = 0; turn < 4; ++turn) turns.push_back(lease_one(2).job);
  EXPECT_THAT(turns, ElementsAre(first, second, first, second));
}

TEST_P(BrokerConformance, ANewJobStartsAtTheVirtualTimeOfTheQueue) {
  const JobId old = submit(100);
  for (int turn = 0; turn < 5; ++turn) lease(2);  // the last of them was served at 4 turns of 2
  const JobId fresh = submit(100);
  std::vector<JobId> turns;
  for (int turn = 0; turn < 4; ++turn) turns.push_back(lease_one(2).job);
  EXPECT_THAT(turns, ElementsAre(fresh, old, fresh, old));
}

TEST_P(BrokerConformance, AJobThatPausedDoesNotSaveUpTurns) {
  const JobId paused = submit(1'000);
  const JobId other = submit(1'000);
  ASSERT_TRUE(broker.pause(paused).has_value());
  for (int turn = 0; turn < 20; ++turn) EXPECT_EQ(lease_one(4).job, other);
  ASSERT_TRUE(broker.resume(paused).has_value());
  int turns_of_paused = 0;
  for (int turn = 0; turn < 10; ++turn) turns_of_paused += lease_one(4).job == paused ? 1 : 0;
  EXPECT_LE(turns_of_paused, 6);
  EXPECT_GE(turns_of_paused, 4);
}

TEST_P(BrokerConformance, UnderStrictSchedulingHigherPrioritiesGoFirstAlways) {
  reopen({.strict_scheduling = true});
  const JobId low = submit(4, with_priority(Priority::low));
  const JobId high = submit(4, with_priority(Priority::high));
  const JobId critical = submit(4, with_priority(Priority::critical));
  EXPECT_THAT(jobs_of(lease(10)), ElementsAre(critical, high, low));
  EXPECT_EQ(lease_one(2).job, low);
}

TEST_P(BrokerConformance, SingleTasksGoFirstThenReturnedRunsThenFreshDocuments) {
  JobSpec spec = with_retry(3);
  spec.retry.backoff_base = Millis{0};
  submit(20, spec);
  const Lease first = lease_one(8);  // 0…7
  commit({failed(first, true, 5), failed(first, true, 2), released(first, 3), released(first, 4), released(first, 0)});
  commit({done(first, 1), done(first, 6), done(first, 7)});

  const std::vector<Lease> leases = lease(7);
  ASSERT_THAT(leases, SizeIs(5));
  EXPECT_THAT(indexes(leases[0]), ElementsAre(2U));
  EXPECT_THAT(indexes(leases[1]), ElementsAre(5U));
  EXPECT_THAT(indexes(leases[2]), ElementsAre(0U));
  EXPECT_THAT(indexes(leases[3]), ElementsAre(3U, 4U));
  EXPECT_THAT(indexes(leases[4]), ElementsAre(8U, 9U));
}

TEST_P(BrokerConformance, WhatRemainsOfAnExpiredRunComesBackAsItsContiguousRemainders) {
  const JobId job = submit(10, with_retry(3, 5));
  const Lease lost = lease_one(8);
  commit({done(lost, 2), done(lost, 3), failed(lost, false, 6)});
  clock.advance(lease_time);
  const std::vector<Lease> back = lease(20);
  ASSERT_THAT(back, SizeIs(4));
  EXPECT_THAT(indexes(back[0]), ElementsAre(0U, 1U));
  EXPECT_THAT(indexes(back[1]), ElementsAre(4U, 5U));
  EXPECT_THAT(indexes(back[2]), ElementsAre(7U));
  EXPECT_THAT(indexes(back[3]), ElementsAre(8U, 9U));
  EXPECT_EQ(back[0].tasks[0].deliveries, 1);
  EXPECT_EQ(back[3].tasks[0].deliveries, 0);
  EXPECT_EQ(task(job, 4).deliveries, 1);
}

TEST_P(BrokerConformance, AReturnedRunMayBeLeasedInPieces) {
  submit(6, with_retry(3, 5));
  lease_one(6);
  clock.advance(lease_time);
  EXPECT_THAT(indexes(lease_one(2)), ElementsAre(0U, 1U));
  EXPECT_THAT(indexes(lease_one(3)), ElementsAre(2U, 3U, 4U));
  EXPECT_THAT(indexes(lease_one(3)), ElementsAre(5U));
}

TEST_P(BrokerConformance, ALongListOfLeasesExpiresAFewHundredACallUntilAllAreBack) {
  const std::uint64_t count = 600;
  const JobId job = submit(count);
  for (std::uint64_t i = 0; i < count; ++i) lease_one(1);
  clock.advance(lease_time);
  EXPECT_EQ(counters(job), (Counters{.waiting = 256, .leased = 344}));
  EXPECT_EQ(counters(job), (Counters{.waiting = 512, .leased = 88}));
  EXPECT_EQ(counters(job), (Counters{.waiting = 600}));
}

TEST_P(BrokerConformance, ALeaseOfAThousandDocumentsCanBeCommittedAtOnce) {
  const JobId job = submit(2'300);
  for (int turn = 0; turn < 3; ++turn) {
    const Lease lease = lease_one(1'000);
    commit(all_done(lease));
  }
  EXPECT_EQ(counters(job), (Counters{.done = 2'300}));
  EXPECT_THAT(broker.all_results(job, 100), SizeIs(2'300));
}

}  // namespace
}  // namespace docmill::test
