// What is particular to the broker on Redis: versions of its functions, lost answers, full memory, what is left in the
// server, how much a call does there. What every broker must do: tests/conformance, tests/model.
#include "broker/redis/redis_broker.hpp"

#include <gmock/gmock.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <random>
#include <sstream>

#include "broker/redis/library.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/sync_broker.hpp"
#include "tests/support/tcp_gate.hpp"

namespace docmill::redis {
namespace {

using test::ManualClock;
using test::RedisServer;
using test::SyncBroker;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// One opening of the broker, and the calls of a node and of a user on it.
class Opening {
 public:
  explicit Opening(RedisOptions options)
      : broker_(open_redis_broker(loop_, std::move(options))), calls(loop_, *broker_) {}

  JobId submit(std::uint64_t documents, JobSpec spec = JobSpec()) {
    spec.pipeline = "ocr";
    const JobId job = calls.create({.id = {}, .spec = spec})->job;
    for (std::uint64_t first = 0; first < documents; first += 10'000) {
      AddDocuments chunk{.job = job, .first = first, .names = {}};
      for (std::uint64_t i = first; i < std::min(documents, first + 10'000); ++i)
        chunk.names.push_back(std::to_string(i));
      EXPECT_TRUE(calls.add_documents(chunk).has_value());
    }
    EXPECT_TRUE(calls.seal(job).has_value());
    return job;
  }

  ExchangeReply exchange(std::vector<Completion> completions, int want) {
    Result<ExchangeReply> reply = calls.exchange(
        {.id = {}, .node = NodeId{"n"}, .completions = std::move(completions), .want = want, .offers = {}});
    EXPECT_TRUE(reply.has_value());
    return std::move(*reply);
  }

  static std::vector<Completion> done(const Lease& lease, const std::string& result = "{}") {
    std::vector<Completion> completions;
    for (const LeasedTask& task : lease.tasks) {
      Completion& completion = completions.emplace_back();
      completion.token = lease.token;
      completion.ref = task.ref;
      completion.result = result;
      completion.pages = 1;
    }
    return completions;
  }

  std::optional<SystemError> failure_of_stats() {
    try {
      calls.stats();
    } catch (const SystemError& failure) {
      return failure;
    }
    return std::nullopt;
  }

 private:
  boost::asio::io_context loop_;
  std::unique_ptr<Broker> broker_;

 public:
  SyncBroker calls;
};

class RedisBrokerTest : public testing::Test {
 protected:
  RedisOptions options() const {
    RedisOptions made;
    made.url = parse_url(server.url()).value();
    made.client.patience = std::chrono::seconds(5);
    return made;
  }

  // A library of our name that answers nothing but its version.
  void load_library_of_version(int version) const {
    const std::string number = std::to_string(version);
    const std::string text =
        "#!lua name=docmill\n"
        "redis.register_function('docmill_version', function() return " +
        number +
        " end)\n"
        "redis.register_function('docmill_stats', function() return redis.error_reply('DOCMILL_VERSION " +
        number + "') end)";
    ASSERT_EQ(server.command({"FUNCTION", "LOAD", "REPLACE", text}), "docmill");
  }

  // As if another release had begun this namespace.
  void set_data_format(int version) const {
    const std::string row =
        "cmsgpack.pack(" + std::to_string(version) + ") .. string.sub(redis.call('GET', KEYS[1]), 2)";
    server.command({"EVAL", "redis.call('SET', KEYS[1], " + row + ")", "1", "{docmill:default}:queue"});
  }

  // A figure of INFO.
  std::uint64_t info(const std::string& section, const std::string& field) const {
    const std::string text = server.command({"INFO", section});
    const std::size_t at = text.find(field + ":");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + field.size() + 1));
  }
  std::uint64_t commands() const { return info("stats", "total_commands_processed"); }

  std::vector<std::string> keys() const {
    std::istringstream lines(server.command({"KEYS", "*"}));
    std::vector<std::string> found;
    for (std::string line; std::getline(lines, line);) found.push_back(line);
    std::ranges::sort(found);
    return found;
  }

  const RedisServer server;
};

// ---- The library

TEST_F(RedisBrokerTest, LoadsItsFunctionsWhereTheyAreMissingAlsoInTheMidstOfWork) {
  Opening opening(options());
  opening.submit(3);
  server.command({"FUNCTION", "FLUSH"});
  EXPECT_EQ(opening.calls.stats().documents.waiting, 3U);
}

TEST_F(RedisBrokerTest, ReplacesAnOlderLibrary) {
  load_library_of_version(0);
  Opening opening(options());
  EXPECT_EQ(opening.calls.stats().jobs, 0U);  // a function that the older one has
  load_library_of_version(0);
  opening.submit(1);  // and one that it lacks
  EXPECT_EQ(server.command({"FCALL", "docmill_version", "0"}), std::to_string(library_version));
}

TEST_F(RedisBrokerTest, IsRefusedAsAWholeByANewerLibrary) {
  load_library_of_version(99);
  Opening opening(options());
  for (int time = 0; time < 2; ++time) {
    const std::optional<SystemError> failure = opening.failure_of_stats();
    ASSERT_TRUE(failure.has_value());
    EXPECT_EQ(failure->kind(), SystemError::Kind::misconfigured);
    EXPECT_THAT(failure->what(), HasSubstr("a newer docmill"));
  }
  EXPECT_THROW(opening.submit(1), SystemError);  // a function that the newer one lacks
  EXPECT_EQ(server.command({"FCALL", "docmill_version", "0"}), "99");
}

TEST_F(RedisBrokerTest, GoesOnWithADocumentThatWasSplitUnderAnOlderLibrary) {
  const std::vector<PageRange> ranges{{1, 3}, {4, 4}};
  {
    Opening opening(options());
    opening.submit(1);
    std::vector<Completion> split = Opening::done(opening.exchange({}, 1).leases.at(0));
    split.at(0).kind = Completion::Kind::split;
    split.at(0).parts = ranges;
    opening.exchange(Opening::done(opening.exchange(split, 1).leases.at(0), "first"), 0);
  }
  set_data_format(1);
  load_library_of_version(1);
  Opening opening(options());
  std::vector<Completion> failed = Opening::done(opening.exchange({}, 1).leases.at(0));
  failed.at(0).kind = Completion::Kind::failed;
  const LeasedTask merge = opening.exchange(failed, 1).leases.at(0).tasks.at(0);
  EXPECT_EQ(merge.part_ranges, ranges);
  EXPECT_THAT(merge.part_results, ElementsAre("first", ""));
}

TEST_F(RedisBrokerTest, RefusesDataOfANewerFormat) {
  Opening opening(options());
  opening.submit(1);
  set_data_format(99);
  const std::optional<SystemError> failure = opening.failure_of_stats();
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->kind(), SystemError::Kind::misconfigured);
  EXPECT_THAT(failure->what(), HasSubstr("version 99"));
}

TEST_F(RedisBrokerTest, ANamespaceWithBracesIsRefused) {
  RedisOptions odd = options();
  odd.name_space = "a}b";
  EXPECT_THROW(Opening{odd}, SystemError);
}

// ---- Lost answers

class LostAnswers : public RedisBrokerTest {
 protected:
  LostAnswers() : gate(server.socket()), opening(through_gate()) {}

  RedisOptions through_gate() const {
    RedisOptions made = options();
    made.url = parse_url(gate.url()).value();
    return made;
  }

  test::TcpGate gate;
  Opening opening;
};

TEST_F(LostAnswers, OfAnExchangeWithoutANumberLoseNeitherResultsNorLeases) {
  const JobId job = opening.submit(4);
  const Lease first = opening.exchange({}, 2).leases.at(0);
  gate.cut_before_reply();
  const ExchangeReply reply = opening.exchange(Opening::done(first), 2);
  EXPECT_THAT(reply.stale, IsEmpty());
  ASSERT_THAT(reply.leases, SizeIs(1));
  EXPECT_THAT(opening.exchange(Opening::done(reply.leases[0]), 1).stale, IsEmpty());
  EXPECT_EQ(opening.calls.status(job)->counters, (Counters{.done = 4}));
  EXPECT_THAT(opening.calls.all_results(job, 100), SizeIs(4));
}

TEST_F(LostAnswers, OfASubmissionSubmitOnce) {
  gate.cut_before_reply();
  const JobId job = opening.calls.create({.id = {}, .spec = {}})->job;
  gate.cut_before_reply();
  EXPECT_TRUE(opening.calls.add_documents({.job = job, .first = 0, .names = {"a", "b"}}).has_value());
  EXPECT_EQ(opening.calls.stats().jobs, 1U);
  EXPECT_EQ(opening.calls.stats().documents.total(), 2U);
}

TEST_F(LostAnswers, OfARemovalStillSayThatItWasDone) {
  const JobId job = opening.submit(0);
  gate.cut_before_reply();
  const Result<bool> removed = opening.calls.remove(job);
  ASSERT_TRUE(removed.has_value());
  EXPECT_TRUE(*removed);
}

// ---- Results

// Batches and results of all sizes, so that pieces, units and cuts come in every order.
TEST_F(RedisBrokerTest, KeepsResultsOfAllSizesInTheOrderOfTheirCommitment) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 dice(seed);
    Opening opening(options());
    const JobId job = opening.submit(3'000);
    std::vector<std::string> expected;
    while (true) {
      const bool many = dice() % 3 == 0;
      const ExchangeReply reply = opening.exchange({}, many ? 300 : 1 + static_cast<int>(dice() % 4));
      if (reply.leases.empty()) break;
      const std::size_t most = std::array<std::size_t, 3>{10, 100, 3'000}[dice() % 3];
      std::vector<Completion> completions = Opening::done(reply.leases[0]);
      for (Completion& completion : completions) {
        completion.result = std::to_string(expected.size()) + std::string(dice() % most, 'r');
        expected.push_back(completion.result);
      }
      opening.exchange(std::move(completions), 0);
    }
    const std::vector<ResultRow> rows = opening.calls.all_results(job, 1 + static_cast<int>(dice() % 2'000));
    ASSERT_EQ(rows.size(), expected.size());
    for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i].result, expected[i]) << i;
  }
}

TEST_F(RedisBrokerTest, TakesWhatIsNotStaleOutOfTheMidstOfALargeCommit) {
  Opening opening(options());
  const JobId job = opening.submit(1'000);
  const Lease lease = opening.exchange({}, 1'000).leases.at(0);
  std::vector<Completion> all = Opening::done(lease, std::string(200, 'r'));
  opening.exchange({all[10], all[500], all[501]}, 0);
  EXPECT_THAT(opening.exchange(all, 0).stale, ElementsAre(10U, 500U, 501U));
  std::set<std::uint64_t> found;
  for (const ResultRow& row : opening.calls.all_results(job, 77)) {
    EXPECT_TRUE(found.insert(row.index).second);
    EXPECT_EQ(row.result.size(), 200U);
  }
  EXPECT_THAT(found, SizeIs(1'000));
}

// ---- What is left in the server, and how much is done there

TEST_F(RedisBrokerTest, NothingIsLeftOfRemovedJobsButTheQueueAndItsClients) {
  ManualClock clock;
  RedisOptions moved = options();
  moved.clock = &clock;
  Opening opening(moved);
  for (int round = 0; round < 2; ++round) {
    JobSpec spec;
    spec.idempotency_key = "key " + std::to_string(round);
    const JobId job = opening.submit(2'000, spec);
    const Lease run = opening.exchange({}, 500).leases.at(0);
    std::vector<Completion> completions = Opening::done(run, std::string(300, 'r'));
    for (std::size_t i = 100; i < 150; ++i) completions[i].kind = Completion::Kind::released;
    for (std::size_t i = 200; i < 300; ++i) completions[i].kind = Completion::Kind::failed;
    for (std::size_t i = 200; i < 250; ++i) completions[i].retryable = true;
    completions[301].kind = Completion::Kind::split;
    completions[301].parts = {{1, 2}, {3, 4}};
    completions.resize(450);
    opening.exchange(std::move(completions), 0);
    opening.exchange(Opening::done(opening.exchange({}, 1).leases.at(0)), 60);
    if (round == 1) clock.advance(std::chrono::hours(1));
    ASSERT_TRUE(opening.calls.cancel(job).has_value());
    for (bool gone = false; !gone;) {
      const Result<bool> removed = opening.calls.remove(job);
      ASSERT_TRUE(removed.has_value());
      gone = *removed;
    }
  }
  EXPECT_THAT(keys(), ElementsAre("{docmill:default}:calls", "{docmill:default}:clients", "{docmill:default}:queue"));
}

TEST_F(RedisBrokerTest, ALookAtAnEmptyNamespaceLeavesNothing) {
  Opening opening(options());
  opening.calls.stats();
  opening.calls.all_jobs(10);
  EXPECT_FALSE(opening.calls.status(JobId{"nosuchjob0000000"}).has_value());
  EXPECT_THAT(keys(), IsEmpty());
}

TEST_F(RedisBrokerTest, ACallCostsAsMuchWhateverTheNumberOfDocuments) {
  Opening opening(options());
  const auto cost = [&](std::uint64_t documents) {
    opening.submit(documents);
    const Lease first = opening.exchange({}, 10).leases.at(0);
    const std::uint64_t before = commands();
    const Lease second = opening.exchange(Opening::done(first), 10).leases.at(0);
    const std::uint64_t after = commands();
    opening.exchange(Opening::done(second), 0);
    while (!opening.calls.all_jobs(1).empty()) {
      const JobId job = opening.calls.all_jobs(1).at(0).id;
      EXPECT_TRUE(opening.calls.cancel(job).has_value());
      while (opening.calls.remove(job).value_or(true) == false) continue;
    }
    return after - before;
  };
  const std::uint64_t few = cost(30);
  EXPECT_GT(few, 10U);
  EXPECT_LE(few, 50U);
  EXPECT_LE(cost(100'000), few + 2);
}

TEST_F(RedisBrokerTest, PublishesNothingWhenNothingHasChanged) {
  Opening opening(options());
  opening.submit(1);
  opening.exchange({}, 1);
  const std::string before = server.command({"INFO", "commandstats"});
  ASSERT_THAT(before, HasSubstr("cmdstat_publish"));
  server.command({"CONFIG", "RESETSTAT"});
  opening.exchange({}, 5);
  opening.calls.stats();
  EXPECT_THAT(server.command({"INFO", "commandstats"}), testing::Not(HasSubstr("cmdstat_publish")));
}

TEST_F(RedisBrokerTest, NamespacesDoNotSeeOneAnother) {
  RedisOptions other_options = options();
  other_options.name_space = "other";
  Opening here(options());
  Opening there(other_options);
  const JobId job = here.submit(1);
  EXPECT_EQ(there.calls.status(job).error().code, ErrorCode::not_found);
  EXPECT_THAT(there.exchange({}, 1).leases, IsEmpty());
  EXPECT_THAT(here.exchange({}, 1).leases, SizeIs(1));
}

// ---- What the world does

TEST_F(RedisBrokerTest, WhatIsUnderWayEndsWhenTheMemoryIsFull) {
  Opening opening(options());
  const JobId job = opening.submit(10);
  const Lease lease = opening.exchange({}, 10).leases.at(0);
  server.command({"CONFIG", "SET", "maxmemory", "1mb"});
  ASSERT_GT(info("memory", "used_memory"), 1'000'000U);
  try {
    opening.submit(1);
    FAIL() << "a submission was taken";
  } catch (const SystemError& failure) {
    EXPECT_EQ(failure.kind(), SystemError::Kind::overloaded);
  }
  EXPECT_THAT(opening.exchange(Opening::done(lease), 0).stale, IsEmpty());
  EXPECT_EQ(opening.calls.status(job)->state, JobState::finished);
  EXPECT_THAT(opening.calls.all_results(job, 100), SizeIs(10));
  EXPECT_TRUE(opening.calls.remove(job).has_value());
}

TEST_F(RedisBrokerTest, JudgesLeasesByTheServersClockUnlessATestMovesIt) {
  Opening opening(options());
  opening.submit(1);
  const Lease lease = opening.exchange({}, 1).leases.at(0);
  const std::string time = server.command({"TIME"});
  const TimePoint now = std::chrono::seconds(std::stoll(time));
  EXPECT_LE(lease.expires_at, now + std::chrono::seconds(32));
  EXPECT_GE(lease.expires_at, now + std::chrono::seconds(28));
}

TEST_F(RedisBrokerTest, AClockThatIsSetBackHoldsNothingUpForLongerThanALease) {
  ManualClock clock;
  RedisOptions moved = options();
  moved.clock = &clock;
  Opening opening(moved);
  const JobId job = opening.submit(2);
  opening.exchange({}, 1);
  Completion failed = Opening::done(opening.exchange({}, 1).leases.at(0)).at(0);
  failed.kind = Completion::Kind::failed;
  failed.retryable = true;
  opening.exchange({failed}, 0);

  clock.advance(-std::chrono::hours(1'000));
  EXPECT_EQ(opening.calls.status(job)->counters, (Counters{.leased = 1, .retrying = 1}));
  clock.advance(std::chrono::minutes(2));
  opening.exchange({}, 0);
  EXPECT_THAT(opening.exchange({}, 5).leases, SizeIs(2));
}

}  // namespace
}  // namespace docmill::redis
