// The rules about single tasks: backoff, retry by hand, parts and merges.
#include <gmock/gmock.h>

#include "broker/rules.hpp"
#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(BrokerConformance, AFailedTaskWaitsForItsBackoffToTheMillisecond) {
  JobSpec spec = with_retry(5);
  spec.retry.backoff_base = Millis{10'000};
  const JobId job = submit(1, spec);
  for (int failures = 1; failures <= 4; ++failures) {
    commit({failed(lease_one(1), true)});
    const Millis delay = rules::retry_delay(spec.retry, job, {.index = 0, .part = 0}, failures);
    ASSERT_GT(delay, Millis{1});
    EXPECT_EQ(counters(job), (Counters{.retrying = 1}));
    clock.advance(delay - Millis{1});
    EXPECT_EQ(counters(job), (Counters{.retrying = 1}));
    EXPECT_THAT(lease(1), IsEmpty());
    clock.advance(Millis{1});
    EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
  }
}

TEST_P(BrokerConformance, ARetryThatIsDueAtOnceWaitsForTheNextCall) {
  JobSpec spec = with_retry(3);
  spec.retry.backoff_base = Millis{0};
  submit(1, spec);
  EXPECT_THAT(exchange({failed(lease_one(1), true)}, 1).leases, IsEmpty());
  EXPECT_EQ(lease_one(1).tasks[0].attempt, 2);
}

TEST_P(BrokerConformance, AJobWithRetriesLeftIsNotFinished) {
  const JobId job = submit(2);
  const Lease both = lease_one(2);
  commit({done(both, 0), failed(both, true, 1)});
  EXPECT_EQ(status(job).state, JobState::running);
  EXPECT_EQ(status(job).finished_at, TimePoint{});
  clock.advance(long_time);
  commit({done(lease_one(2))});
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_EQ(status(job).finished_at, clock.now());
}

TEST_P(BrokerConformance, AFailureKeepsDeliveriesAndAnExpiryKeepsAttempts) {
  const JobId job = submit(1, with_retry(5, 5));
  lease_one(1);
  clock.advance(lease_time);
  commit({failed(lease_one(1), true)});
  clock.advance(long_time);
  lease_one(1);
  clock.advance(lease_time);
  const Lease last = lease_one(1);
  EXPECT_EQ(last.tasks[0].attempt, 2);
  EXPECT_EQ(last.tasks[0].deliveries, 2);
  const TaskInfo info = task(job, 0);
  EXPECT_EQ(info.attempts, 1);
  EXPECT_EQ(info.deliveries, 2);
  EXPECT_EQ(info.error.message, "broken");
}

TEST_P(BrokerConformance, RetryByHandGivesFailedDocumentsAFreshStartLowestFirst) {
  const JobId job = submit(5, with_retry(1));
  const Lease all = lease_one(5);
  commit({done(all, 0), failed(all, true, 1), failed(all, true, 2), failed(all, true, 3), done(all, 4)});
  ASSERT_EQ(status(job).state, JobState::finished);
  const std::uint64_t version = status(job).version;

  EXPECT_EQ(*broker.retry_failed(next_request(), job, 2), 2U);
  EXPECT_EQ(counters(job), (Counters{.waiting = 2, .done = 2, .failed = 1}));
  EXPECT_EQ(status(job).state, JobState::running);
  EXPECT_EQ(status(job).finished_at, TimePoint{});
  EXPECT_GT(status(job).version, version);
  EXPECT_EQ(task(job, 1).attempts, 0);
  EXPECT_EQ(task(job, 1).error, Error());
  EXPECT_EQ(*broker.retry_failed(next_request(), job, 2), 1U);
  EXPECT_EQ(*broker.retry_failed(next_request(), job, 2), 0U);

  const std::vector<Lease> leases = lease(5);
  ASSERT_EQ(leases.size(), 3U);
  EXPECT_EQ(leases[0].tasks[0].ref.index, 1U);
  EXPECT_EQ(leases[0].tasks[0].attempt, 1);
  for (const Lease& lease : leases) commit({done(lease)});
  EXPECT_EQ(counters(job), (Counters{.done = 5}));
}

TEST_P(BrokerConformance, RetryByHandIsRefusedForACancelledOrUnknownJob) {
  const JobId job = submit(1);
  ASSERT_TRUE(broker.cancel(job).has_value());
  EXPECT_EQ(broker.retry_failed(next_request(), job, 1).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.retry_failed(next_request(), JobId{"unknown"}, 1).error().code, ErrorCode::not_found);
}

TEST_P(BrokerConformance, PartsRunSinglyAndTheLastOneMakesTheMerge) {
  const JobId job = submit(1);
  commit({split(lease_one(1), 3)});
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
  EXPECT_EQ(task(job, 0).parts, 3);

  const std::vector<Lease> parts = lease(10);
  ASSERT_EQ(parts.size(), 3U);
  for (int part = 1; part <= 3; ++part) {
    const Lease& lease = parts[static_cast<std::size_t>(part) - 1];
    ASSERT_EQ(lease.tasks.size(), 1U);
    EXPECT_EQ(lease.tasks[0].kind, TaskKind::part);
    EXPECT_EQ(lease.tasks[0].ref, (TaskRef{.index = 0, .part = part}));
    EXPECT_EQ(lease.tasks[0].pages, (PageRange{.first = part * 10 - 9, .last = part * 10}));
    EXPECT_EQ(lease.tasks[0].part_count, 3);
    EXPECT_EQ(lease.tasks[0].document, "0");
  }
  commit({done(parts[1], 0, "second")});
  EXPECT_EQ(task(job, 0).parts_final, 1);
  commit({failed(parts[2], false, 0, "third is torn"), done(parts[0], 0, "first")});
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));

  const Lease merge = lease_one(10);
  EXPECT_EQ(merge.tasks[0].kind, TaskKind::merge);
  EXPECT_EQ(merge.tasks[0].ref, (TaskRef{.index = 0, .part = 0}));
  EXPECT_EQ(merge.tasks[0].part_count, 3);
  EXPECT_THAT(merge.tasks[0].part_ranges,
              ElementsAre(PageRange{.first = 1, .last = 10}, PageRange{.first = 11, .last = 20},
                          PageRange{.first = 21, .last = 30}));
  EXPECT_THAT(merge.tasks[0].part_results, ElementsAre("first", "second", ""));
  EXPECT_THAT(merge.tasks[0].part_errors,
              ElementsAre(Error(), Error(), fail(ErrorCode::unreadable, "third is torn", 3)));
  commit({done(merge, 0, "merged")});
  EXPECT_EQ(counters(job), (Counters{.done = 1}));
  EXPECT_EQ(status(job).pages, 2U);  // of the parts; a merge's pages are theirs
  ASSERT_EQ(broker.all_results(job, 10).size(), 1U);
  EXPECT_EQ(broker.all_results(job, 10)[0].result, "merged");
}

TEST_P(BrokerConformance, ASplitDocumentIsLeasedWhileAnyPartIsThenWaitingThenRetrying) {
  const JobId job = submit(1, with_retry(3));
  commit({split(lease_one(1), 2)});
  const Lease first = lease_one(1);
  EXPECT_EQ(counters(job), (Counters{.leased = 1}));
  commit({failed(first, true)});
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
  const Lease second = lease_one(1);
  EXPECT_EQ(second.tasks[0].ref.part, 2);
  EXPECT_EQ(counters(job), (Counters{.leased = 1}));
  commit({done(second)});
  EXPECT_EQ(counters(job), (Counters{.retrying = 1}));
  EXPECT_EQ(task(job, 0).state, TaskState::retrying);
  clock.advance(long_time);
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
  EXPECT_EQ(lease_one(1).tasks[0].attempt, 2);
}

TEST_P(BrokerConformance, APartIsRetriedAndLostOnItsOwnAccount) {
  const JobId job = submit(1, with_retry(2, 2));
  commit({split(lease_one(1), 2)});
  for (int delivery = 0; delivery < 2; ++delivery) {
    EXPECT_EQ(lease_one(1).tasks[0].ref.part, 1);
    clock.advance(lease_time);
  }
  const Lease second = lease_one(1);  // part 1 is given up
  EXPECT_EQ(second.tasks[0].ref.part, 2);
  EXPECT_EQ(second.tasks[0].deliveries, 0);
  commit({done(second)});
  const Lease merge = lease_one(1);
  EXPECT_EQ(merge.tasks[0].kind, TaskKind::merge);
  EXPECT_EQ(merge.tasks[0].attempt, 1);
  EXPECT_EQ(merge.tasks[0].deliveries, 0);
  EXPECT_EQ(merge.tasks[0].part_errors.at(0), fail(ErrorCode::crashed, "lost with its node 2 times"));
  commit({done(merge)});
  EXPECT_EQ(counters(job), (Counters{.done = 1}));
}

TEST_P(BrokerConformance, ADocumentWhosePartsAllFailIsGivenOutAsAMergeThatKnowsTheirErrors) {
  const JobId job = submit(1);
  commit({split(lease_one(1), 2)});
  const std::vector<Lease> parts = lease(2);
  commit({failed(parts[1], false, 0, "second")});
  commit({failed(parts[0], false, 0, "first")});
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
  const Lease merge = lease_one(1);
  EXPECT_EQ(merge.tasks[0].kind, TaskKind::merge);
  EXPECT_THAT(merge.tasks[0].part_results, ElementsAre("", ""));
  EXPECT_EQ(merge.tasks[0].part_errors.at(0).message, "first");
  EXPECT_EQ(merge.tasks[0].part_errors.at(1).message, "second");
  commit({failed(merge, false, 0, "first")});
  EXPECT_EQ(counters(job), (Counters{.failed = 1}));
  EXPECT_EQ(task(job, 0).error.message, "first");
  EXPECT_EQ(task(job, 0).parts_final, 2);
  EXPECT_EQ(status(job).state, JobState::finished);

  EXPECT_EQ(*broker.retry_failed(next_request(), job, 10), 1U);
  const Lease whole = lease_one(5);
  EXPECT_EQ(whole.tasks[0].kind, TaskKind::document);
  EXPECT_EQ(whole.tasks[0].part_count, 0);
  commit({done(whole)});
  EXPECT_EQ(counters(job), (Counters{.done = 1}));
}

TEST_P(BrokerConformance, AMergeIsTriedAgainLikeAnyTask) {
  const JobId job = submit(1, with_retry(2));
  commit({split(lease_one(1), 2)});
  for (const Lease& part : lease(2)) commit({done(part, 0, "part")});
  commit({failed(lease_one(1), true)});
  EXPECT_EQ(counters(job), (Counters{.retrying = 1}));
  clock.advance(long_time);
  const Lease again = lease_one(1);
  EXPECT_EQ(again.tasks[0].attempt, 2);
  EXPECT_THAT(again.tasks[0].part_results, ElementsAre("part", "part"));
  EXPECT_THAT(exchange({split(again, 2)}, 0).stale, ElementsAre(0U));  // no split of a merge
  commit({failed(again, true)});
  EXPECT_EQ(counters(job), (Counters{.failed = 1}));
}

TEST_P(BrokerConformance, CancellingASplitDocumentCancelsItsParts) {
  const JobId job = submit(1);
  commit({split(lease_one(1), 2)});
  const Lease part = lease_one(1);
  ASSERT_TRUE(broker.cancel(job).has_value());
  EXPECT_THAT(exchange({done(part)}, 5).stale, ElementsAre(0U));
  EXPECT_EQ(counters(job), (Counters{.cancelled = 1}));
  EXPECT_EQ(task(job, 0).state, TaskState::cancelled);
}

TEST_P(BrokerConformance, AMalformedExchangeIsRefusedAsAWholeAndChangesNothing) {
  const JobId job = submit(2);
  const Lease both = lease_one(2);
  Completion one_part = split(both, 1, 1);
  Completion too_many = split(both, 241, 1);
  Completion of_a_part = split(both, 2, 1);
  of_a_part.ref.part = 1;
  for (const Completion& bad : {one_part, too_many, of_a_part}) {
    const Result<ExchangeReply> reply = broker.exchange(
        {.id = next_request(), .node = NodeId{"n"}, .completions = {done(both, 0), bad}, .want = 1, .offers = {}});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::invalid_option);
  }
  for (const int want : {-1, 1'001}) {
    const Result<ExchangeReply> reply =
        broker.exchange({.id = next_request(), .node = NodeId{"n"}, .completions = {}, .want = want, .offers = {}});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::invalid_option);
  }
  EXPECT_EQ(counters(job), (Counters{.leased = 2}));
  commit({split(both, 240, 1)});
  EXPECT_EQ(task(job, 1).parts, 240);
}

}  // namespace
}  // namespace docmill::test
