// The rules about tasks that are given to a second node while the first still holds them. The first is node "n".
#include <gmock/gmock.h>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis patience{10'000};

JobSpec without_backoff(int max_attempts) {
  JobSpec spec;
  spec.retry.max_attempts = max_attempts;
  spec.retry.backoff_base = Millis{0};
  return spec;
}

std::vector<std::uint64_t> first_indexes(const std::vector<Lease>& leases) {
  std::vector<std::uint64_t> indexes;
  for (const Lease& lease : leases) {
    EXPECT_EQ(lease.tasks.size(), 1U);
    indexes.push_back(lease.tasks.at(0).ref.index);
  }
  return indexes;
}

TEST_P(BrokerConformance, WhatAnotherHasHeldForLongIsGivenASecondTime) {
  const JobId job = submit(1);
  const Lease first = lease_one(1);
  clock.advance(patience - Millis{1});
  EXPECT_THAT(lease_as("idle", 4, patience), IsEmpty());
  clock.advance(Millis{1});
  EXPECT_THAT(lease_as("idle", 4, Millis{0}), IsEmpty()) << "it did not ask for that";
  EXPECT_THAT(lease_as("idle", 0, patience), IsEmpty());
  EXPECT_THAT(lease_as("n", 4, patience), IsEmpty()) << "its own";
  const std::vector<Lease> second = lease_as("idle", 4, patience);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_NE(second[0].token, first.token);
  EXPECT_EQ(second[0].job, job);
  EXPECT_EQ(second[0].tasks.at(0).document, "0");
  EXPECT_EQ(second[0].tasks.at(0).attempt, 1);
  EXPECT_EQ(second[0].tasks.at(0).deliveries, 0);
  EXPECT_EQ(second[0].expires_at, clock.now() + lease_time);
  EXPECT_EQ(counters(job), (Counters{.leased = 1}));
  EXPECT_EQ(broker.stats().leases, 2U);
  EXPECT_THAT(renew({first.token, second[0].token}), IsEmpty());
}

TEST_P(BrokerConformance, TheFirstOfTwoToCommitHasEndedTheTask) {
  for (const bool second_is_faster : {false, true}) {
    const JobId job = submit(1);
    const Lease first = lease_one(1);
    clock.advance(patience);
    const Lease second = lease_as("idle", 1, patience).at(0);
    const Lease& winner = second_is_faster ? second : first;
    const Lease& loser = second_is_faster ? first : second;
    commit({done(winner, 0, "the winner's")});
    EXPECT_EQ(status(job).state, JobState::finished);
    EXPECT_THAT(renew({loser.token}), ElementsAre(loser.token)) << "its node is told to stop";
    EXPECT_THAT(exchange({done(loser, 0, "the loser's")}, 0).stale, SizeIs(1));
    const std::vector<ResultRow> results = broker.all_results(job, 10);
    ASSERT_THAT(results, SizeIs(1));
    EXPECT_EQ(results[0].result, "the winner's");
    EXPECT_EQ(status(job).pages, 1U);
    EXPECT_EQ(broker.stats().leases, 0U);
  }
}

TEST_P(BrokerConformance, BothMayCommitInOneExchangeAndTheFirstCounts) {
  const JobId job = submit(3);
  const Lease first = lease_one(3);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  ASSERT_EQ(second.tasks[0].ref.index, 2U);
  EXPECT_THAT(exchange({done(first, 0), done(second), done(first, 2), done(first, 1)}, 0).stale, ElementsAre(2U));
  EXPECT_EQ(counters(job), (Counters{.done = 3}));
  EXPECT_EQ(broker.stats().leases, 0U);
}

TEST_P(BrokerConformance, WhatWaitsIsGivenBeforeWhatOthersHold) {
  submit(3);
  lease_one(2);
  clock.advance(patience);
  const std::vector<Lease> leases = lease_as("idle", 2, patience);
  EXPECT_THAT(first_indexes(leases), ElementsAre(2U, 1U));
}

TEST_P(BrokerConformance, TheEndOfARunIsGivenFirstForItMayNotHaveBegun) {
  const JobId job = submit(4);
  const Lease first = lease_one(4);
  commit({done(first, 3)});
  clock.advance(patience);
  EXPECT_THAT(first_indexes(lease_as("idle", 2, patience)), ElementsAre(2U, 1U));
  EXPECT_THAT(first_indexes(lease_as("third", 9, patience)), ElementsAre(0U)) << "nothing is given three times";
  EXPECT_THAT(lease_as("fourth", 9, patience), IsEmpty());
  EXPECT_EQ(counters(job), (Counters{.leased = 3, .done = 1}));
}

TEST_P(BrokerConformance, TheOldestLeasesComeFirstAcrossJobs) {
  const JobId older = submit(1);
  lease_one(1);
  clock.advance(Millis{1'000});
  const JobId newer = submit(1, with_priority(Priority::critical));
  lease_one(1);
  clock.advance(patience);
  EXPECT_EQ(lease_as("idle", 1, patience).at(0).job, older);
  EXPECT_EQ(lease_as("idle", 1, patience).at(0).job, newer);
}

TEST_P(BrokerConformance, ASecondLeaseIsNoTurn) {
  const JobId first = submit(10);
  const JobId second = submit(10);
  lease_one(2);
  ASSERT_TRUE(broker.pause(second).has_value());
  lease_one(8);
  clock.advance(patience);
  EXPECT_THAT(lease_as("idle", 10, patience), SizeIs(10));
  ASSERT_TRUE(broker.resume(second).has_value());
  const JobId third = submit(10);
  std::vector<JobId> turns;
  for (int turn = 0; turn < 4; ++turn) turns.push_back(lease_one(2).job);
  EXPECT_THAT(turns, ElementsAre(second, third, second, third));
  EXPECT_EQ(counters(first), (Counters{.leased = 10}));
}

TEST_P(BrokerConformance, NothingIsGivenTwiceOfAPausedOrCancelledJobOrToANodeThatCannotDoIt) {
  JobSpec spec;
  spec.needs = {"lang:deu"};
  const JobId paused = submit(1);
  const JobId cancelled = submit(1);
  submit(1, spec);
  lease(3);
  ASSERT_TRUE(broker.pause(paused).has_value());
  ASSERT_TRUE(broker.cancel(cancelled).has_value());
  clock.advance(patience);
  Exchange request;
  request.node = NodeId{"idle"};
  request.want = 3;
  request.offers = {"ocr"};
  request.hedge_after = patience;
  EXPECT_THAT(broker.exchange(request)->leases, IsEmpty());
  request.offers = {"ocr", "lang:deu"};
  EXPECT_THAT(broker.exchange(request)->leases, SizeIs(1));
}

TEST_P(BrokerConformance, AFailureWhileAnotherHoldsTheTaskCostsNothing) {
  const JobId job = submit(1, without_backoff(1));
  const Lease first = lease_one(1);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  commit({failed(second, false)});
  EXPECT_EQ(counters(job), (Counters{.leased = 1}));
  EXPECT_EQ(task(job, 0).attempts, 0);
  EXPECT_EQ(task(job, 0).error, Error());
  EXPECT_THAT(lease_as("idle", 1, patience), IsEmpty()) << "it had its second try";
  EXPECT_THAT(exchange({done(second)}, 0).stale, SizeIs(1));
  commit({failed(first, false)});
  EXPECT_EQ(counters(job), (Counters{.failed = 1}));
  EXPECT_EQ(task(job, 0).attempts, 1);
}

TEST_P(BrokerConformance, ASecondLeaseIsTheOnlyOneAfterTheFirstHasFailed) {
  const JobId job = submit(1, without_backoff(2));
  const Lease first = lease_one(1);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  commit({failed(first, true)});
  commit({failed(second, true)});
  EXPECT_EQ(task(job, 0).attempts, 1);
  const Lease again = lease_one(1);
  EXPECT_EQ(again.tasks[0].attempt, 2);
  clock.advance(patience);
  EXPECT_THAT(lease_as("idle", 1, patience), SizeIs(1)) << "it waited in between, so it may be given twice again";
}

TEST_P(BrokerConformance, WhatOneOfTwoGivesBackIsStillHeldByTheOther) {
  const JobId job = submit(2);
  const Lease first = lease_one(2);
  clock.advance(patience);
  const std::vector<Lease> second = lease_as("idle", 2, patience);
  commit({released(first, 0), released(first, 1)});
  EXPECT_EQ(counters(job), (Counters{.leased = 2}));
  EXPECT_THAT(renew({first.token}), SizeIs(1));
  commit({released(second[0]), released(second[1])});
  EXPECT_EQ(counters(job), (Counters{.waiting = 2}));
  const std::vector<Lease> back = lease(9);
  EXPECT_THAT(first_indexes(back), ElementsAre(0U, 1U)) << "they were two leases, and come back as two runs";
}

TEST_P(BrokerConformance, ALostLeaseCountsNothingWhileAnotherHoldsTheTask) {
  const JobId job = submit(2, with_retry(3, 2));
  const Lease first = lease_one(2);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  clock.advance(lease_time - patience);  // the first has expired
  EXPECT_EQ(counters(job), (Counters{.waiting = 1, .leased = 1}));
  EXPECT_EQ(task(job, 0).deliveries, 1);
  EXPECT_EQ(task(job, 1).deliveries, 0);
  EXPECT_THAT(exchange({done(first, 1)}, 0).stale, SizeIs(1));
  clock.advance(patience);  // and now the second
  EXPECT_EQ(counters(job), (Counters{.waiting = 2}));
  EXPECT_EQ(task(job, 1).deliveries, 1);
}

TEST_P(BrokerConformance, TwoLeasesLostAtOnceCountOnce) {
  const JobId job = submit(1, with_retry(3, 2));
  lease_one(1);
  clock.advance(patience);
  lease_as("idle", 1, patience);
  clock.advance(lease_time);
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
  EXPECT_EQ(task(job, 0).deliveries, 1);
  EXPECT_EQ(broker.stats().leases, 0U);
}

TEST_P(BrokerConformance, WhatTheSecondHasDoneIsNotGivenOutAgainWhenTheFirstIsLost) {
  const JobId job = submit(3);
  lease_one(3);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  commit({done(second)});
  clock.advance(lease_time);
  EXPECT_EQ(counters(job), (Counters{.waiting = 2, .done = 1}));
  EXPECT_THAT(indexes(lease_one(9)), ElementsAre(0U, 1U));
}

TEST_P(BrokerConformance, ADocumentThatOneOfTwoSplitsIsNobodysAnyMore) {
  const JobId job = submit(1);
  const Lease first = lease_one(1);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  commit({split(second, 2)});
  EXPECT_THAT(exchange({done(first)}, 0).stale, SizeIs(1));
  EXPECT_THAT(renew({first.token}), SizeIs(1));
  EXPECT_EQ(task(job, 0).parts, 2);
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
}

TEST_P(BrokerConformance, PartsAndMergesAreGivenTwiceToo) {
  const JobId job = submit(1);
  commit({split(lease_one(1), 2)});
  const std::vector<Lease> parts = lease(2);
  clock.advance(patience);
  const std::vector<Lease> again = lease_as("idle", 2, patience);
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0].tasks[0].ref, parts[0].tasks[0].ref);
  EXPECT_EQ(again[0].tasks[0].pages, parts[0].tasks[0].pages);
  EXPECT_EQ(again[0].tasks[0].kind, TaskKind::part);
  commit({done(again[0]), failed(again[1], false), done(parts[1])});
  EXPECT_THAT(renew({parts[0].token, parts[1].token}), SizeIs(2));

  const Lease merge = lease_one(1);
  ASSERT_EQ(merge.tasks[0].kind, TaskKind::merge);
  clock.advance(patience);
  const Lease second_merge = lease_as("idle", 1, patience).at(0);
  EXPECT_EQ(second_merge.tasks[0].kind, TaskKind::merge);
  EXPECT_THAT(second_merge.tasks[0].part_results, SizeIs(2));
  EXPECT_THAT(exchange({split(second_merge, 2)}, 0).stale, SizeIs(1));
  commit({done(second_merge)});
  EXPECT_THAT(exchange({done(merge)}, 0).stale, SizeIs(1));
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_EQ(status(job).pages, 2U);
}

TEST_P(BrokerConformance, CancellingAJobEndsBothLeases) {
  const JobId job = submit(1);
  const Lease first = lease_one(1);
  clock.advance(patience);
  const Lease second = lease_as("idle", 1, patience).at(0);
  ASSERT_TRUE(broker.cancel(job).has_value());
  EXPECT_THAT(renew({first.token, second.token}), SizeIs(2));
  EXPECT_THAT(exchange({done(first), done(second)}, 0).stale, SizeIs(2));
  EXPECT_EQ(broker.stats().leases, 0U);
  remove(job);
  EXPECT_EQ(broker.stats().jobs, 0U);
}

TEST_P(BrokerConformance, ARepeatedCallIsGivenItsSecondLeasesAgain) {
  submit(1);
  lease_one(1);
  clock.advance(patience);
  Exchange request;
  request.id = {.client = "idle", .sequence = 1};
  request.node = NodeId{"idle"};
  request.want = 1;
  request.hedge_after = patience;
  const Token token = broker.exchange(request)->leases.at(0).token;
  EXPECT_EQ(broker.exchange(request)->leases.at(0).token, token);
}

TEST_P(BrokerConformance, ANegativeTimeForASecondLeaseIsRefused) {
  Exchange request;
  request.want = 1;
  request.hedge_after = Millis{-1};
  const Result<ExchangeReply> refused = broker.exchange(request);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_option);
  request.hedge_after = Millis::max();
  EXPECT_TRUE(broker.exchange(request).has_value());
}

}  // namespace
}  // namespace docmill::test
