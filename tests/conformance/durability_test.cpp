#include "tests/conformance/durability.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdio>
#include <sstream>

#include "broker/rules.hpp"
#include "core/descriptor.hpp"
#include "tests/model/dice.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_coroutine.hpp"
#include "tests/support/sync_broker.hpp"

namespace docmill::test {
namespace {

constexpr Millis lease_time{30'000};

// The child: a client that submits, leases and commits without end, and reports each answer.
class Client {
 public:
  Client(const BrokerFactory& factory, const std::filesystem::path& directory, std::uint64_t seed, int pipe)
      : dice_(seed),
        name_("client-" + std::to_string(seed)),
        broker_(factory.open(loop_, clock_, directory, {})),
        calls_(loop_, *broker_),
        pipe_(pipe) {}

  [[noreturn]] void work() {
    while (true) {
      if (dice_.chance(25)) submit();
      exchange();
    }
  }

 private:
  RequestId next() { return {.client = name_, .sequence = ++sequence_}; }

  void report(const std::string& line) {
    const std::string whole = line + "\n";
    if (::write(pipe_, whole.data(), whole.size()) != std::ssize(whole)) ::_exit(1);
  }

  void submit() {
    CreateJob request{.id = next(), .spec = {}};
    request.spec.pipeline = "ocr";
    const JobId job = calls_.create(request)->job;
    report("created " + job.value);
    std::uint64_t count = 0;
    for (int chunks = dice_.between(1, 3); chunks > 0; --chunks) {
      AddDocuments chunk{.job = job, .first = count, .names = {}};
      for (int size = dice_.between(1, 40); size > 0; --size) chunk.names.push_back(std::to_string(count++));
      if (!calls_.add_documents(chunk)) ::_exit(1);
      report("added " + job.value + " " + std::to_string(count));
    }
    if (dice_.chance(80) && calls_.seal(job)) report("sealed " + job.value);
  }

  void exchange() {
    Exchange request{
        .id = next(), .node = NodeId{name_}, .completions = {}, .want = dice_.between(1, 30), .offers = {}};
    std::vector<std::string> reports;
    for (const Lease& lease : leases_) {
      for (const LeasedTask& task : lease.tasks) {
        if (dice_.chance(10)) continue;  // left to expire
        Completion completion;
        completion.token = lease.token;
        completion.ref = task.ref;
        completion.result = "result of " + task.document;
        request.completions.push_back(completion);
        reports.push_back("committed " + lease.job.value + " " + std::to_string(task.ref.index));
      }
    }
    const Result<ExchangeReply> reply = calls_.exchange(request);
    if (!reply || !reply->stale.empty()) ::_exit(1);
    for (const std::string& line : reports) report(line);
    leases_ = reply->leases;
  }

  Dice dice_;
  std::string name_;
  boost::asio::io_context loop_;
  ManualClock clock_;
  std::unique_ptr<Broker> broker_;
  SyncBroker calls_;
  int pipe_;
  std::uint64_t sequence_ = 0;
  std::vector<Lease> leases_;
};

[[noreturn]] void work_as_child(const BrokerFactory& factory, const std::filesystem::path& directory,
                                std::uint64_t seed, const Descriptor& writing) {
  try {
    Client(factory, directory, seed, writing.get()).work();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "the child failed: %s\n", failure.what());
  }
  ::_exit(1);
}

Counters recount(const std::vector<TaskInfo>& tasks) {
  Counters counters;
  for (const TaskInfo& info : tasks) ++rules::counter(counters, info.state);
  return counters;
}

void check_job(SyncBroker& broker, const JobId& job, const Acknowledged& told) {
  const Result<JobStatus> status = broker.status(job);
  ASSERT_TRUE(status.has_value()) << job.value << " was acknowledged and is lost";
  EXPECT_GE(status->counters.total(), told.documents);
  EXPECT_TRUE(!told.sealed || status->state != JobState::open);

  const std::vector<TaskInfo> tasks = broker.all_tasks(job, std::nullopt, 1'000);
  EXPECT_EQ(recount(tasks), status->counters);
  for (const TaskInfo& info : tasks) EXPECT_EQ(info.document, std::to_string(info.index));

  std::set<std::uint64_t> found;
  for (const ResultRow& row : broker.all_results(job, 1'000)) {
    EXPECT_TRUE(found.insert(row.index).second) << "document " << row.index << " has two results";
    EXPECT_EQ(row.result, "result of " + std::to_string(row.index));
  }
  EXPECT_EQ(found.size(), status->counters.done);
  for (const std::uint64_t index : told.committed) {
    EXPECT_TRUE(found.contains(index)) << "result " << index << " of " << job.value << " was acknowledged and is lost";
  }
}

// A living node brings every sealed job to its end.
void finish_everything(SyncBroker& broker) {
  std::vector<Completion> completions;
  for (bool more = true; more;) {
    Exchange request{.id = {}, .node = NodeId{"survivor"}, .completions = completions, .want = 1'000, .offers = {}};
    const Result<ExchangeReply> reply = broker.exchange(std::move(request));
    ASSERT_TRUE(reply.has_value());
    EXPECT_TRUE(reply->stale.empty());
    completions.clear();
    for (const Lease& lease : reply->leases) {
      for (const LeasedTask& task : lease.tasks) {
        Completion completion;
        completion.token = lease.token;
        completion.ref = task.ref;
        completion.result = "result of " + task.document;
        completions.push_back(completion);
      }
    }
    more = !completions.empty();
  }
}

}  // namespace

void BrokerDurability::work_and_kill(std::uint64_t seed, int reports, int children) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  std::vector<pid_t> alive;
  for (int child = 0; child < children; ++child) {
    alive.push_back(::fork());
    ASSERT_GE(alive.back(), 0);
    if (alive.back() == 0)
      work_as_child(GetParam(), directory.path(), seed * 10 + static_cast<std::uint64_t>(child), writing);
  }
  writing.reset();
  FILE* lines = ::fdopen(reading.release(), "r");
  char line[256];
  for (int count = 1; std::fgets(line, sizeof line, lines) != nullptr; ++count) {
    note(line);
    if (count != reports) continue;
    for (const pid_t child : alive) ::kill(child, SIGKILL);
  }
  std::fclose(lines);
  for (const pid_t child : alive) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a child ended by itself";
  }
}

void BrokerDurability::note(const std::string& report) {
  std::istringstream words(report);
  std::string what;
  std::string job;
  std::uint64_t number = 0;
  words >> what >> job >> number;
  Acknowledged& told = acknowledged[job];
  if (what == "added") told.documents = number;
  if (what == "sealed") told.sealed = true;
  if (what == "committed") told.committed.insert(number);
}

void BrokerDurability::check_everything() {
  boost::asio::io_context loop;
  ManualClock clock;
  clock.advance(lease_time);  // whatever the dead held has expired
  const std::unique_ptr<Broker> owned = GetParam().open(loop, clock, directory.path(), {});
  SyncBroker broker(loop, *owned);
  for (const auto& [job, told] : acknowledged) check_job(broker, JobId{job}, told);
  finish_everything(broker);
  for (const auto& [job, told] : acknowledged) {
    check_job(broker, JobId{job}, told);
    const JobState state = broker.status(JobId{job})->state;
    EXPECT_EQ(state, state == JobState::open ? JobState::open : JobState::finished);
  }
  EXPECT_EQ(broker.stats().leases, 0U);
}

TEST_P(BrokerDurability, Promise1_WhatWasAcknowledgedSurvivesKillAtAnyMoment) {
  const std::uint64_t seed = 20'240'601;
  SCOPED_TRACE("seed " + std::to_string(seed));
  Dice dice(seed);
  for (int round = 0; round < 12; ++round) {
    work_and_kill(seed + static_cast<std::uint64_t>(round), dice.between(1, 400));
    if (HasFatalFailure()) return;
  }
  check_everything();
}

TEST_P(BrokerDurability, Promise1_WhatWasAcknowledgedToTwoProcessesSurvivesTheDeathOfBoth) {
  Dice dice(42);
  for (int round = 0; round < 5; ++round) {
    work_and_kill(500 + static_cast<std::uint64_t>(round), dice.between(20, 400), 2);
    if (HasFatalFailure()) return;
  }
  check_everything();
}

// The wait is a real one: a node that is not woken runs into the deadline.
TEST_P(BrokerDurability, AWaitingNodeAndAWatcherAreWokenByAnotherOpeningOfTheStore) {
  boost::asio::io_context loop;
  ManualClock clock;
  const std::unique_ptr<Broker> here = GetParam().open(loop, clock, directory.path(), {});
  const std::unique_ptr<Broker> there = GetParam().open(loop, clock, directory.path(), {});
  SyncBroker calls(loop, *there);
  CreateJob request{.id = {}, .spec = {}};
  request.spec.pipeline = "ocr";
  const JobId job = calls.create(request)->job;
  const std::uint64_t version = calls.status(job)->version;

  int woken = 0;
  constexpr Millis very_long = std::chrono::minutes(10);
  boost::asio::co_spawn(loop, here->wait_for_work(very_long), [&](std::exception_ptr) { ++woken; });
  boost::asio::co_spawn(loop, here->watch(job, version, very_long),
                        [&](std::exception_ptr, const Result<JobStatus>& status) {
                          EXPECT_TRUE(status && status->version > version);
                          ++woken;
                        });
  ASSERT_TRUE(calls.add_documents({.job = job, .first = 0, .names = {"a"}}).has_value());
  ASSERT_TRUE(calls.seal(job).has_value());
  const auto end = std::chrono::steady_clock::now() + run_deadline;
  while (woken < 2 && std::chrono::steady_clock::now() < end) {
    loop.restart();
    loop.run_one_until(end);
  }
  EXPECT_EQ(woken, 2);
}

TEST_P(BrokerDurability, Promise3_TheBooksBalanceAfterEachDeath) {
  Dice dice(77);
  for (int round = 0; round < 5; ++round) {
    work_and_kill(1'000 + static_cast<std::uint64_t>(round), dice.between(1, 200));
    if (HasFatalFailure()) return;
    check_everything();
  }
}

}  // namespace docmill::test
