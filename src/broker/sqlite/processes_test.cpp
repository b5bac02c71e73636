// Real processes on one file, one of which dies in the middle of its commits.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "broker/sqlite/database.hpp"
#include "broker/sqlite/sqlite_broker.hpp"
#include "tests/support/sync_broker.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::sqlite {
namespace {

constexpr std::uint64_t documents = 6'000;
constexpr Millis lease_time{300};

// Takes and commits, a few documents at a time, until the job is finished.
void work(const SqliteOptions& options, const JobId& job, const std::string& node) {
  boost::asio::io_context loop;
  const SystemClock clock;
  const std::unique_ptr<Broker> broker = open_sqlite_broker(loop, clock, options);
  test::SyncBroker calls(loop, *broker);
  Exchange request;
  request.node = NodeId{node};
  request.want = 7;
  request.lease_time = lease_time;
  for (request.id = {.client = node, .sequence = 1};; ++request.id.sequence) {
    const ExchangeReply reply = calls.exchange(request).value();
    request.completions.clear();
    for (const Lease& lease : reply.leases) {
      for (const LeasedTask& task : lease.tasks) {
        Completion& completion = request.completions.emplace_back();
        completion.token = lease.token;
        completion.ref = task.ref;
        completion.result = "result of " + task.document;
      }
    }
    if (!request.completions.empty()) continue;
    if (calls.status(job).value().state == JobState::finished) return;
    calls.wait_for_work(Millis{50});
  }
}

pid_t start(const SqliteOptions& options, const JobId& job, const std::string& node) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    work(options, job, node);
    ::_exit(0);
  } catch (const std::exception& failure) {
    ::perror(failure.what());
    ::_exit(1);
  }
}

int status_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

JobId submit(test::SyncBroker& calls) {
  const JobId job = calls.create({}).value().job;
  AddDocuments add{.job = job, .first = 0, .names = {}};
  for (std::uint64_t i = 0; i < documents; ++i) add.names.push_back(std::to_string(i));
  EXPECT_TRUE(calls.add_documents(add).has_value());
  EXPECT_TRUE(calls.seal(job).has_value());
  return job;
}

void check_books(test::SyncBroker& calls, const JobId& job) {
  Counters counters;
  counters.done = documents;
  EXPECT_EQ(calls.status(job).value().counters, counters);
  EXPECT_EQ(calls.stats().documents, counters);
  EXPECT_EQ(calls.stats().leases, 0U);
  std::set<std::uint64_t> committed;
  for (const ResultRow& row : calls.all_results(job, 1'000)) {
    EXPECT_TRUE(committed.insert(row.index).second) << "document " << row.index << " has two results";
    EXPECT_EQ(row.result, "result of " + std::to_string(row.index));
  }
  EXPECT_EQ(committed.size(), documents);
}

TEST(SqliteProcesses, WhenOneIsKilledInTheMiddleOfItsCommitsTheOtherDoesTheWholeWorkOnce) {
  const test::TempDir directory;
  const SystemClock clock;
  const SqliteOptions options{.path = directory.path() / "broker.db", .durability = SqliteOptions::Durability::normal};
  JobId job;
  {
    boost::asio::io_context loop;  // gone, with its thread, before the forks
    const std::unique_ptr<Broker> broker = open_sqlite_broker(loop, clock, options);
    test::SyncBroker calls(loop, *broker);
    job = submit(calls);
  }
  const pid_t victim = start(options, job, "victim");
  const pid_t survivor = start(options, job, "survivor");
  ASSERT_GT(victim, 0);
  ASSERT_GT(survivor, 0);

  boost::asio::io_context loop;
  const std::unique_ptr<Broker> broker = open_sqlite_broker(loop, clock, options);
  test::SyncBroker calls(loop, *broker);
  JobStatus status = calls.status(job).value();
  while (status.counters.done < documents / 10) {
    const JobStatus next = calls.watch(job, status.version, Millis{20'000}).value();
    ASSERT_GT(next.version, status.version) << "nobody works";
    status = next;
  }
  ::kill(victim, SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(status_of(victim)));
  EXPECT_EQ(status_of(survivor), 0);

  check_books(calls, job);
  Database database(options.path, Millis{1'000});
  EXPECT_EQ(database.number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

}  // namespace
}  // namespace docmill::sqlite
