// What users see: listings and their pages, results, versions, statistics, nodes, and waiting for changes.
#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(BrokerConformance, JobsAreListedNewestFirstInPages) {
  std::vector<JobId> newest_first;
  for (int i = 0; i < 5; ++i) newest_first.insert(newest_first.begin(), submit(1));
  for (const int limit : {1, 2, 5, 100}) {
    std::vector<JobId> listed;
    for (const JobStatus& job : broker.all_jobs(limit)) listed.push_back(job.id);
    EXPECT_EQ(listed, newest_first);
  }
  EXPECT_LE(broker.jobs("", 2).jobs.size(), 2U);
  EXPECT_THAT(broker.jobs("", 5).jobs, SizeIs(5));
}

TEST_P(BrokerConformance, AListingOfJobsGoesOnWhereItWasWhileJobsComeAndGo) {
  std::vector<JobId> jobs;
  for (int i = 0; i < 4; ++i) jobs.push_back(submit(0));
  const JobPage first = broker.jobs("", 2);
  submit(0);
  remove(jobs[2]);
  const JobPage second = broker.jobs(first.next, 2);
  ASSERT_THAT(second.jobs, SizeIs(2));
  EXPECT_EQ(second.jobs[0].id, jobs[1]);
  EXPECT_EQ(second.jobs[1].id, jobs[0]);
}

TEST_P(BrokerConformance, TasksAreListedByStateWithTheirHistory) {
  const JobId job = submit(12, with_retry(2));
  const Lease first = lease_one(6);
  commit({done(first, 0), failed(first, true, 1), failed(first, false, 2), released(first, 3), split(first, 2, 4)});
  const auto in_state = [&](TaskState state) {
    std::vector<std::uint64_t> found;
    for (const TaskInfo& info : tasks(job, state)) found.push_back(info.index);
    return found;
  };
  EXPECT_THAT(in_state(TaskState::done), ElementsAre(0U));
  EXPECT_THAT(in_state(TaskState::retrying), ElementsAre(1U));
  EXPECT_THAT(in_state(TaskState::failed), ElementsAre(2U));
  EXPECT_THAT(in_state(TaskState::waiting), ElementsAre(3U, 4U, 6U, 7U, 8U, 9U, 10U, 11U));
  EXPECT_THAT(in_state(TaskState::leased), ElementsAre(5U));
  EXPECT_THAT(in_state(TaskState::cancelled), IsEmpty());
  const std::vector<TaskInfo> all = tasks(job);
  EXPECT_EQ(all[1].attempts, 1);
  EXPECT_EQ(all[1].error.message, "broken");
  EXPECT_EQ(all[1].error.page, 3);
  EXPECT_EQ(all[4].parts, 2);
  EXPECT_EQ(all[7].document, "7");

  ASSERT_TRUE(broker.cancel(job).has_value());
  EXPECT_THAT(in_state(TaskState::done), ElementsAre(0U));
  EXPECT_THAT(in_state(TaskState::failed), ElementsAre(2U));
  EXPECT_THAT(in_state(TaskState::cancelled), SizeIs(10));
}

TEST_P(BrokerConformance, ADoneDocumentShowsNothingOfHowItGotThere) {
  const JobId job = submit(1, with_retry(3));
  commit({failed(lease_one(1), true)});
  clock.advance(long_time);
  commit({split(lease_one(1), 2)});
  for (const Lease& part : lease(2)) commit({done(part)});
  commit({done(lease_one(1))});
  const TaskInfo info = task(job, 0);
  EXPECT_EQ(info.state, TaskState::done);
  EXPECT_EQ(info.attempts, 0);
  EXPECT_EQ(info.parts, 0);
  EXPECT_EQ(info.error, Error());
}

TEST_P(BrokerConformance, AListingBeyondTheEndIsEmpty) {
  const JobId job = submit(3);
  const Result<TaskPage> page = broker.tasks(job, std::nullopt, 1'000, 10);
  ASSERT_TRUE(page.has_value());
  EXPECT_THAT(page->tasks, IsEmpty());
  EXPECT_EQ(page->next, 3U);
}

TEST_P(BrokerConformance, ResultsComeInTheOrderOfTheirCommitmentAndACursorGoesOn) {
  const JobId job = submit(300);
  const Lease all = lease_one(300);
  std::vector<std::uint64_t> expected;
  for (std::size_t task = 300; task > 0; task -= 3) {
    commit({done(all, task - 1), done(all, task - 3), done(all, task - 2)});
    for (const std::size_t index : {task - 1, task - 3, task - 2}) expected.push_back(index);
  }
  for (const int limit : {1, 7, 1'000}) {
    std::vector<std::uint64_t> found;
    for (const ResultRow& row : broker.all_results(job, limit)) found.push_back(row.index);
    EXPECT_EQ(found, expected);
  }
}

TEST_P(BrokerConformance, ACursorAtTheEndFindsWhatIsCommittedLater) {
  const JobId job = submit(4);
  const Lease all = lease_one(4);
  EXPECT_THAT(broker.results(job, 0, 10)->rows, IsEmpty());
  commit({done(all, 0)});
  const ResultPage first = *broker.results(job, 0, 10);
  ASSERT_THAT(first.rows, SizeIs(1));
  const ResultPage none = *broker.results(job, first.next, 10);
  EXPECT_THAT(none.rows, IsEmpty());
  commit({done(all, 3)});
  const ResultPage second = *broker.results(job, none.next, 10);
  ASSERT_THAT(second.rows, SizeIs(1));
  EXPECT_EQ(second.rows[0].index, 3U);
}

TEST_P(BrokerConformance, AResultMayBeLargeOrEmptyAndAnyBytes) {
  const JobId job = submit(3);
  const Lease all = lease_one(3);
  const std::string large(2'000'000, 'r');
  const std::string odd("a\0\xff\n", 4);
  Completion partial = done(all, 1, odd);
  partial.outcome = Outcome::partial;
  commit({done(all, 0, large), partial, done(all, 2, "")});
  const std::vector<ResultRow> rows = broker.all_results(job, 10);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0].result, large);
  EXPECT_EQ(rows[1].result, odd);
  EXPECT_EQ(rows[1].outcome, Outcome::partial);
  EXPECT_EQ(rows[2].result, "");
  EXPECT_EQ(status(job).partial, 1U);
}

TEST_P(BrokerConformance, TheVersionGrowsWithEveryChangeThatAUserCanSee) {
  const JobId job = submit(2, with_retry(3));
  std::uint64_t last = status(job).version;
  const auto grew = [&] {
    const std::uint64_t now = status(job).version;
    const bool more = now > last;
    last = now;
    return more;
  };
  EXPECT_FALSE(grew());
  const Lease both = lease_one(2);
  EXPECT_TRUE(grew());
  commit({failed(both, true, 0)});
  EXPECT_TRUE(grew());
  clock.advance(long_time);
  EXPECT_TRUE(grew());
  ASSERT_TRUE(broker.pause(job).has_value());
  EXPECT_TRUE(grew());
  ASSERT_TRUE(broker.resume(job).has_value());
  EXPECT_TRUE(grew());
  ASSERT_TRUE(broker.cancel(job).has_value());
  EXPECT_TRUE(grew());
}

TEST_P(BrokerConformance, StatsSumOverAllJobs) {
  submit(3);
  const JobId second = submit(4);
  const std::vector<Lease> leases = lease(5);
  ASSERT_THAT(leases, SizeIs(2));
  commit({done(leases[0])});
  BrokerStats stats = broker.stats();
  EXPECT_EQ(stats.jobs, 2U);
  EXPECT_EQ(stats.leases, 2U);
  EXPECT_EQ(stats.documents, (Counters{.waiting = 2, .leased = 4, .done = 1}));
  ASSERT_TRUE(broker.cancel(second).has_value());
  stats = broker.stats();
  EXPECT_EQ(stats.leases, 1U);
  EXPECT_EQ(stats.documents, (Counters{.leased = 2, .done = 1, .cancelled = 4}));
}

TEST_P(BrokerConformance, NodesAreListedUntilTheyLeaveOrAreSilentForAMinute) {
  NodeInfo node;
  node.id = NodeId{"one"};
  node.host = "host";
  node.pid = 17;
  node.version = "1.2.3";
  node.started_at = TimePoint{42};
  node.workers = 4;
  node.busy = 3;
  node.tasks_done = 99;
  broker.register_node(node);
  NodeInfo other = node;
  other.id = NodeId{"two"};
  broker.register_node(other);
  ASSERT_THAT(broker.nodes(), SizeIs(2));
  broker.unregister_node(other.id);
  broker.unregister_node(other.id);

  clock.advance(Millis{59'999});
  const std::vector<NodeInfo> listed = broker.nodes();
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].id, node.id);
  EXPECT_EQ(listed[0].host, "host");
  EXPECT_EQ(listed[0].pid, 17);
  EXPECT_EQ(listed[0].version, "1.2.3");
  EXPECT_EQ(listed[0].started_at, TimePoint{42});
  EXPECT_EQ(listed[0].seen_at, clock.now() - Millis{59'999});
  EXPECT_EQ(listed[0].workers, 4);
  EXPECT_EQ(listed[0].busy, 3);
  EXPECT_EQ(listed[0].tasks_done, 99U);

  node.busy = 0;
  broker.register_node(node);
  EXPECT_EQ(broker.nodes().at(0).busy, 0);
  clock.advance(Millis{60'000});
  EXPECT_THAT(broker.nodes(), IsEmpty());
}

// ---- Waiting. The times here are real: a wait that is not woken would run into the deadline of the test.

constexpr Millis very_long = std::chrono::minutes(10);

TEST_P(BrokerConformance, AWaitEndsWithItsTimeout) {
  const JobId job = submit(1);
  lease_one(1);
  const std::uint64_t version = status(job).version;
  broker.wait_for_work(Millis{1});
  const Result<JobStatus> seen = broker.watch(job, version, Millis{1});
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->version, version);
}

TEST_P(BrokerConformance, WatchAnswersAtOnceWhenTheVersionIsOldOrTheJobUnknown) {
  const JobId job = submit(1);
  EXPECT_EQ(broker.watch(job, 0, very_long)->counters, (Counters{.waiting = 1}));
  EXPECT_EQ(broker.watch(JobId{"unknown"}, 0, very_long).error().code, ErrorCode::not_found);
}

TEST_P(BrokerConformance, WatchIsWokenByAChangeOfItsJob) {
  const JobId job = submit(1);
  const std::uint64_t version = status(job).version;
  std::optional<Result<JobStatus>> seen;
  boost::asio::co_spawn(loop, owned->watch(job, version, very_long),
                        [&](std::exception_ptr, Result<JobStatus> status) { seen = std::move(status); });
  commit({done(lease_one(1))});
  wait_until([&] { return seen.has_value(); });
  ASSERT_TRUE(seen->has_value());
  EXPECT_GT((*seen)->version, version);
}

TEST_P(BrokerConformance, WatchIsWokenWhenItsJobIsRemoved) {
  const JobId job = submit(0);
  const std::uint64_t version = status(job).version;
  std::optional<Result<JobStatus>> seen;
  boost::asio::co_spawn(loop, owned->watch(job, version, very_long),
                        [&](std::exception_ptr, Result<JobStatus> status) { seen = std::move(status); });
  remove(job);
  wait_until([&] { return seen.has_value(); });
  ASSERT_FALSE(seen->has_value());
  EXPECT_EQ(seen->error().code, ErrorCode::not_found);
}

TEST_P(BrokerConformance, ANodeThatWaitsIsWokenByASubmission) {
  bool woken = false;
  boost::asio::co_spawn(loop, owned->wait_for_work(very_long), [&](std::exception_ptr) { woken = true; });
  submit(1);
  wait_until([&] { return woken; });
  EXPECT_THAT(lease(1), SizeIs(1));
}

}  // namespace
}  // namespace docmill::test
