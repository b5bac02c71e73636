// One test or more for each promise of the design, by its number. Promise 1 under kill -9: durability_test.cpp.
#include <gmock/gmock.h>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(BrokerConformance, Promise1_EveryDocumentEndsWhileSomeNodeLives) {
  const JobId job = submit(25, with_retry(2, 3));
  const std::vector<Lease> lost = lease(7);  // this node is never heard of again
  const Lease mixed = lease_one(10);
  commit({done(mixed, 0), failed(mixed, true, 1), failed(mixed, false, 2), released(mixed, 3)});
  clock.advance(long_time);
  drain(job);
  EXPECT_EQ(counters(job), (Counters{.done = 24, .failed = 1}));
  EXPECT_EQ(status(job).state, JobState::finished);
}

TEST_P(BrokerConformance, Promise2_AResultIsCommittedExactlyOnce) {
  const JobId job = submit(1);
  const Lease lease = lease_one(1);
  EXPECT_THAT(exchange({done(lease, 0, "first"), done(lease, 0, "second")}, 0).stale, ElementsAre(1U));
  EXPECT_THAT(exchange({done(lease, 0, "third")}, 0).stale, ElementsAre(0U));
  const std::vector<ResultRow> rows = broker.all_results(job, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].result, "first");
  EXPECT_EQ(status(job).pages, 1U);
}

TEST_P(BrokerConformance, Promise2_ASingleTaskEndsOnceEvenWithinOneExchange) {
  JobSpec spec = with_retry(3);
  spec.retry.backoff_base = Millis{0};
  const JobId job = submit(1, spec);
  commit({failed(lease_one(1), true)});
  const Lease single = lease_one(1);
  EXPECT_THAT(exchange({released(single), done(single), failed(single, false)}, 0).stale, ElementsAre(1U, 2U));
  EXPECT_EQ(counters(job), (Counters{.waiting = 1}));
}

TEST_P(BrokerConformance, Promise2_ANodeThatCameBackTooLateIsToldAndChangesNothing) {
  const JobId job = submit(1);
  const Lease late = lease_one(1);
  clock.advance(lease_time);  // expiry is strict
  const Lease current = lease_one(1);
  EXPECT_NE(late.token, current.token);
  for (const Completion& stale :
       {done(late), failed(late, true), failed(late, false), released(late), split(late, 2)}) {
    EXPECT_THAT(exchange({stale}, 0).stale, ElementsAre(0U));
  }
  EXPECT_THAT(renew({late.token, current.token}), ElementsAre(late.token));
  EXPECT_EQ(counters(job), (Counters{.leased = 1}));
  commit({done(current)});
  EXPECT_EQ(counters(job), (Counters{.done = 1}));
}

TEST_P(BrokerConformance, Promise2_AnUnknownTokenOrATaskOfAnotherLeaseIsStale) {
  const JobId job = submit(4);
  const Lease one = lease_one(2);
  const Lease two = lease_one(2);
  Completion crossed = done(one);
  crossed.token = two.token;
  Completion unknown = done(one);
  unknown.token = Token{987'654'321};
  Completion no_such_part = done(one);
  no_such_part.ref.part = 1;
  EXPECT_THAT(exchange({crossed, done(one), unknown, no_such_part}, 0).stale, ElementsAre(0U, 2U, 3U));
  EXPECT_EQ(counters(job), (Counters{.waiting = 0, .leased = 3, .done = 1}));
}

TEST_P(BrokerConformance, Promise3_TheBooksBalanceAfterEveryStep) {
  const std::uint64_t total = 40;
  const JobId job = submit(total, with_retry(2, 2));
  const auto balanced = [&] {
    const JobStatus now = status(job);
    Counters recount;
    for (const TaskInfo& info : tasks(job)) {
      if (info.state == TaskState::waiting) ++recount.waiting;
      if (info.state == TaskState::leased) ++recount.leased;
      if (info.state == TaskState::retrying) ++recount.retrying;
      if (info.state == TaskState::done) ++recount.done;
      if (info.state == TaskState::failed) ++recount.failed;
      if (info.state == TaskState::cancelled) ++recount.cancelled;
    }
    EXPECT_EQ(now.counters, recount);
    EXPECT_EQ(now.counters.total(), total);
    EXPECT_EQ(now.counters.done, broker.all_results(job, 7).size());
  };
  balanced();
  for (int round = 0; round < 6; ++round) {
    for (const Lease& lease : lease(9)) {
      balanced();
      std::vector<Completion> some;
      for (std::size_t task = 0; task < lease.tasks.size(); ++task) {
        if (task % 5 == 0) some.push_back(done(lease, task));
        if (task % 5 == 1) some.push_back(failed(lease, true, task));
        if (task % 5 == 2) some.push_back(failed(lease, false, task));
        if (task % 5 == 3) some.push_back(released(lease, task));
      }
      commit(some);
      balanced();
    }
    clock.advance(lease_time / 2);
  }
  ASSERT_TRUE(broker.cancel(job).has_value());
  balanced();
}

TEST_P(BrokerConformance, Promise4_FailuresCountAgainstMaxAttempts) {
  const JobId job = submit(1, with_retry(3));
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const Lease lease = lease_one(1);
    EXPECT_EQ(lease.tasks[0].attempt, attempt);
    commit({failed(lease, true, 0, "failure " + std::to_string(attempt))});
    clock.advance(long_time);
  }
  EXPECT_THAT(lease(1), IsEmpty());
  const TaskInfo dead = task(job, 0);
  EXPECT_EQ(dead.state, TaskState::failed);
  EXPECT_EQ(dead.attempts, 3);
  EXPECT_EQ(dead.error, fail(ErrorCode::unreadable, "failure 3", 3));
}

TEST_P(BrokerConformance, Promise4_AFailureThatNoRetryMendsEndsTheTaskAtOnce) {
  const JobId job = submit(1);
  commit({failed(lease_one(1), false)});
  EXPECT_EQ(counters(job), (Counters{.failed = 1}));
  EXPECT_EQ(task(job, 0).attempts, 1);
}

TEST_P(BrokerConformance, Promise4_ADocumentThatTakesItsNodeWithItEveryTimeEndsAsCrashed) {
  const JobId job = submit(1, with_retry(3, 4));
  for (int delivery = 0; delivery < 4; ++delivery) {
    const Lease lease = lease_one(1);
    EXPECT_EQ(lease.tasks[0].deliveries, delivery);
    EXPECT_EQ(lease.tasks[0].attempt, 1);
    clock.advance(lease_time);
  }
  EXPECT_THAT(lease(1), IsEmpty());
  const TaskInfo dead = task(job, 0);
  EXPECT_EQ(dead.state, TaskState::failed);
  EXPECT_EQ(dead.deliveries, 4);
  EXPECT_EQ(dead.attempts, 0);
  EXPECT_EQ(dead.error, fail(ErrorCode::crashed, "lost with its node 4 times"));
  EXPECT_EQ(status(job).state, JobState::finished);
}

TEST_P(BrokerConformance, Promise4_ReleasingSpendsNothing) {
  const JobId job = submit(1, with_retry(1, 1));
  for (int i = 0; i < 5; ++i) commit({released(lease_one(1))});
  const Lease lease = lease_one(1);
  EXPECT_EQ(lease.tasks[0].attempt, 1);
  EXPECT_EQ(lease.tasks[0].deliveries, 0);
  EXPECT_EQ(counters(job), (Counters{.leased = 1}));
}

TEST_P(BrokerConformance, Promise5_SharesFollowTheWeightsWithinOneBatch) {
  const int batch = 8;
  const std::vector<JobId> jobs = {submit(4'000, with_priority(Priority::normal)),
                                   submit(4'000, with_priority(Priority::high))};
  std::vector<std::uint64_t> served(2);
  for (int turn = 0; turn < 200; ++turn) {
    for (const Lease& lease : lease(batch)) served[lease.job == jobs[0] ? 0 : 1] += lease.tasks.size();
    // 1 : 4; a job may be ahead by the batch that it was served last.
    EXPECT_LE(served[0] * 4, served[1] + 4 * batch);
    EXPECT_LE(served[1], served[0] * 4 + 4 * batch);
  }
  EXPECT_EQ(served[0] + served[1], 200U * batch);
}

TEST_P(BrokerConformance, Promise5_ASmallJobNeverWaitsBehindALargeOne) {
  const JobId large = submit(5'000);
  for (int turn = 0; turn < 20; ++turn) lease(50);
  const JobId small = submit(3);
  std::uint64_t others = 0;
  while (counters(small).waiting > 0) {
    for (const Lease& lease : lease(50)) others += lease.job == large ? lease.tasks.size() : 0;
  }
  EXPECT_LE(others, 100U);
}

TEST_P(BrokerConformance, Promise5_LowPriorityIsSlowButNeverStarves) {
  const JobId low = submit(10, with_priority(Priority::low));
  submit(10'000, with_priority(Priority::critical));
  for (int turn = 0; turn < 80 && counters(low).waiting > 0; ++turn) lease(10);
  EXPECT_EQ(counters(low).waiting, 0U);
}

TEST_P(BrokerConformance, Promise6_CancelHoldsAtOnce) {
  const JobId job = submit(10);
  const Lease running = lease_one(4);
  commit({done(running, 0)});
  ASSERT_TRUE(broker.cancel(job).has_value());
  EXPECT_THAT(lease(10), IsEmpty());
  EXPECT_THAT(renew({running.token}), ElementsAre(running.token));
  EXPECT_THAT(exchange({done(running, 1)}, 0).stale, ElementsAre(0U));
  EXPECT_EQ(counters(job), (Counters{.done = 1, .cancelled = 9}));
  EXPECT_EQ(status(job).state, JobState::cancelled);
  EXPECT_EQ(status(job).finished_at, clock.now());
  clock.advance(long_time);
  EXPECT_THAT(lease(10), IsEmpty());
  EXPECT_EQ(counters(job), (Counters{.done = 1, .cancelled = 9}));
}

TEST_P(BrokerConformance, Promise6_PauseHoldsAtOnceAndWhatRunsMayBeFinished) {
  const JobId job = submit(10);
  const Lease running = lease_one(4);
  ASSERT_TRUE(broker.pause(job).has_value());
  EXPECT_EQ(status(job).state, JobState::paused);
  EXPECT_THAT(lease(10), IsEmpty());
  const Renew request{.node = NodeId{"n"}, .tokens = {running.token}, .lease_time = lease_time};
  const RenewReply reply = broker.renew(request);
  EXPECT_THAT(reply.lost, IsEmpty());
  EXPECT_THAT(reply.paused, ElementsAre(running.token));
  commit({done(running, 0), released(running, 1)});
  EXPECT_THAT(lease(10), IsEmpty());
  ASSERT_TRUE(broker.resume(job).has_value());
  drain(job);
  clock.advance(long_time);
  drain(job);
  EXPECT_EQ(counters(job), (Counters{.done = 10}));
}

TEST_P(BrokerConformance, Promise7_ExpiryIsJudgedByTheBrokersClockAndRenewalMovesIt) {
  submit(1);
  const Lease lease = lease_one(1);
  EXPECT_EQ(lease.expires_at, clock.now() + lease_time);
  for (int i = 0; i < 5; ++i) {
    clock.advance(lease_time - Millis{1});
    EXPECT_THAT(renew({lease.token}), IsEmpty());
  }
  clock.advance(lease_time - Millis{1});
  commit({failed(lease, false)});
  submit(1);
  const Lease lost = lease_one(1);
  clock.advance(lease_time);
  EXPECT_THAT(renew({lost.token}), ElementsAre(lost.token));
}

TEST_P(BrokerConformance, Promise8_AnyCallOfANodeOrUserRepairsInPassing) {
  const JobId job = submit(3, with_retry(3));
  lease_one(1);
  clock.advance(lease_time);
  EXPECT_EQ(counters(job).waiting, 3U);  // status

  lease_one(1);
  clock.advance(lease_time);
  renew({});
  EXPECT_THAT(tasks(job, TaskState::leased), IsEmpty());  // renew: a listing itself repairs nothing

  lease_one(1);
  clock.advance(lease_time);
  exchange({}, 0);
  EXPECT_THAT(tasks(job, TaskState::leased), IsEmpty());
}

TEST_P(BrokerConformance, Promise9_SubmittingTwiceIsSubmittingOnce) {
  JobSpec spec;
  spec.pipeline = "ocr";
  spec.idempotency_key = "key";
  spec.body_digest = "digest";
  const Result<CreatedJob> first = broker.create({.id = next_request(), .spec = spec});
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(first->existed);
  ASSERT_TRUE(broker.add_documents({.job = first->job, .first = 0, .names = {"a", "b"}}).has_value());

  const Result<CreatedJob> second = broker.create({.id = next_request(), .spec = spec});
  ASSERT_TRUE(second.has_value());
  EXPECT_TRUE(second->existed);
  EXPECT_EQ(second->job, first->job);
  EXPECT_EQ(second->documents, 2U);
  EXPECT_FALSE(second->sealed);
  ASSERT_TRUE(broker.seal(first->job).has_value());
  EXPECT_TRUE(broker.create({.id = next_request(), .spec = spec})->sealed);

  spec.body_digest = "another";
  const Result<CreatedJob> other = broker.create({.id = next_request(), .spec = spec});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.stats().jobs, 1U);
}

TEST_P(BrokerConformance, Promise9_AKeyLivesAsLongAsItsJob) {
  JobSpec spec;
  spec.pipeline = "ocr";
  spec.idempotency_key = "key";
  const JobId first = broker.create({.id = next_request(), .spec = spec})->job;
  ASSERT_TRUE(broker.cancel(first).has_value());
  EXPECT_TRUE(broker.create({.id = next_request(), .spec = spec})->existed);
  remove(first);
  EXPECT_FALSE(broker.create({.id = next_request(), .spec = spec})->existed);
}

TEST_P(BrokerConformance, Promise10_AListingIsPagedByWhatItScans) {
  const JobId job = submit(2'500);
  const Lease lease = lease_one(1'000);
  commit({failed(lease, false, 999)});
  std::uint64_t first = 0;
  int pages = 0;
  std::vector<std::uint64_t> found;
  while (true) {
    const Result<TaskPage> page = broker.tasks(job, TaskState::failed, first, 100);
    ASSERT_TRUE(page.has_value());
    ASSERT_LE(page->next, first + 100);
    for (const TaskInfo& info : page->tasks) found.push_back(info.index);
    ++pages;
    first = page->next;
    if (first == 2'500) break;
  }
  EXPECT_EQ(pages, 25);
  EXPECT_THAT(found, ElementsAre(999U));
}

TEST_P(BrokerConformance, Promise10_NothingIsLeftOfARemovedJob) {
  const JobId job = submit(3'000, with_retry(1));
  const Lease lease = lease_one(500);
  std::vector<Completion> completions = all_done(lease);
  for (std::size_t task = 100; task < 200; ++task) completions[task] = failed(lease, false, task);
  commit(completions);
  const Lease forgotten = lease_one(10);
  EXPECT_EQ(broker.remove(job).error().code, ErrorCode::conflict);
  ASSERT_TRUE(broker.cancel(job).has_value());

  ASSERT_TRUE(broker.remove(job).has_value());
  EXPECT_EQ(broker.status(job).error().code, ErrorCode::not_found);
  int calls = 0;
  for (Result<bool> gone = false; gone && !*gone; gone = broker.remove(job)) ASSERT_LT(++calls, 1'000);
  EXPECT_EQ(broker.remove(job).error().code, ErrorCode::not_found);
  EXPECT_EQ(broker.results(job, 0, 10).error().code, ErrorCode::not_found);
  EXPECT_EQ(broker.tasks(job, std::nullopt, 0, 10).error().code, ErrorCode::not_found);
  EXPECT_THAT(broker.all_jobs(10), IsEmpty());
  EXPECT_THAT(exchange({done(forgotten)}, 10).stale, ElementsAre(0U));
  const BrokerStats stats = broker.stats();
  EXPECT_EQ(stats.jobs, 0U);
  EXPECT_EQ(stats.leases, 0U);
  EXPECT_EQ(stats.documents, Counters{});
}

}  // namespace
}  // namespace docmill::test
