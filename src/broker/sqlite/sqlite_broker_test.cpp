// What is SQLite's own: sharing a file, the size of it, clocks, clearing away, the thread. The contract itself is
// tested in tests/conformance and tests/model.
#include "broker/sqlite/sqlite_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <filesystem>

#include "broker/sqlite/database_thread.hpp"
#include "broker/sqlite/schema.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sync_broker.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::sqlite {
namespace {

using test::SyncBroker;
using testing::HasSubstr;

// One opening of the file, with a loop of its own, as a process would have it.
struct Opening {
  Opening(const SqliteOptions& options, const Clock& clock)
      : broker(open_sqlite_broker(loop, clock, options)), calls(loop, *broker) {}

  JobId submit(std::uint64_t documents, const std::string& name = "document-") {
    CreateJob create;
    create.spec.pipeline = "ocr";
    const JobId job = calls.create(create).value().job;
    for (std::uint64_t first = 0; first < documents; first += 10'000) {
      AddDocuments add{.job = job, .first = first, .names = {}};
      for (std::uint64_t i = first; i < std::min(documents, first + 10'000); ++i) {
        add.names.push_back(name + std::to_string(i));
      }
      EXPECT_TRUE(calls.add_documents(add).has_value());
    }
    EXPECT_TRUE(calls.seal(job).has_value());
    return job;
  }

  ExchangeReply exchange(std::vector<Completion> completions, int want) {
    Exchange request;
    request.node = NodeId{"node"};
    request.completions = std::move(completions);
    request.want = want;
    return calls.exchange(request).value();
  }

  boost::asio::io_context loop;
  std::unique_ptr<Broker> broker;
  SyncBroker calls;
};

std::vector<Completion> done(const std::vector<Lease>& leases, const std::string& result) {
  std::vector<Completion> completions;
  for (const Lease& lease : leases) {
    for (const LeasedTask& task : lease.tasks) {
      Completion& completion = completions.emplace_back();
      completion.token = lease.token;
      completion.ref = task.ref;
      completion.result = result;
    }
  }
  return completions;
}

class SqliteBrokerTest : public testing::Test {
 protected:
  // Rows in all tables but the queue's one, and those of clients and nodes.
  std::int64_t rows_left() {
    Database database(options.path, Millis{1'000});
    return database.number(
        "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM specs) + (SELECT count(*) FROM names) + "
        "(SELECT count(*) FROM results) + (SELECT count(*) FROM runs) + (SELECT count(*) FROM leases) + "
        "(SELECT count(*) FROM tasks) + (SELECT count(*) FROM part_results)");
  }

  // Bytes in use, the journal moved into the file.
  double size() {
    Database database(options.path, Millis{1'000});
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return static_cast<double>(std::filesystem::file_size(options.path));
  }

  test::ManualClock clock;
  test::TempDir directory;
  SqliteOptions options{.path = directory.path() / "broker.db", .durability = SqliteOptions::Durability::normal};
};

TEST_F(SqliteBrokerTest, TwoOpeningsOfOneFileShareTheWork) {
  Opening one(options, clock);
  Opening two(options, clock);
  const JobId job = one.submit(10);
  const ExchangeReply first = two.exchange({}, 6);
  const ExchangeReply second = one.exchange(done(first.leases, "of two"), 6);
  EXPECT_TRUE(second.stale.empty()) << "a lease is the queue's, not the process's";
  EXPECT_EQ(second.leases.at(0).tasks.size(), 4U);
  EXPECT_TRUE(two.exchange(done(second.leases, "of one"), 0).stale.empty());
  EXPECT_EQ(one.calls.status(job).value().state, JobState::finished);
  EXPECT_EQ(two.calls.all_results(job, 100).size(), 10U);
}

TEST_F(SqliteBrokerTest, WorkThatAnotherProcessSubmitsWakesWhoWaits) {
  Opening one(options, clock);
  Opening two(options, clock);
  EXPECT_TRUE(two.exchange({}, 1).leases.empty());
  one.submit(1);
  const auto start = std::chrono::steady_clock::now();
  two.calls.wait_for_work(Millis{30'000});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(two.exchange({}, 1).leases.size(), 1U);
}

TEST_F(SqliteBrokerTest, AJobThatAnotherProcessMovesWakesWhoWatchesIt) {
  Opening one(options, clock);
  Opening two(options, clock);
  const JobId job = one.submit(1);
  const std::uint64_t version = two.calls.status(job).value().version;
  EXPECT_TRUE(one.calls.pause(job).has_value());
  const JobStatus seen = two.calls.watch(job, version, Millis{30'000}).value();
  EXPECT_GT(seen.version, version);
  EXPECT_EQ(seen.state, JobState::paused);
}

TEST_F(SqliteBrokerTest, WorkThatCameBetweenLookingAndWaitingIsNotMissed) {
  Opening opening(options, clock);
  EXPECT_TRUE(opening.exchange({}, 1).leases.empty());
  opening.submit(1);
  const auto start = std::chrono::steady_clock::now();
  opening.calls.wait_for_work(Millis{30'000});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(SqliteBrokerTest, AMillionDocumentsCostFarLessThanSixtyBytesEachBeyondNamesAndResults) {
  constexpr std::uint64_t documents = 50'000;
  Opening opening(options, clock);
  const double empty = size();
  opening.submit(documents, std::string(30, 'n'));
  const double names = 35 * static_cast<double>(documents);
  EXPECT_LT((size() - empty - names) / documents, 6);

  std::vector<Completion> completions;
  do {
    completions = done(opening.exchange(completions, 1'000).leases, std::string(100, 'r'));
  } while (!completions.empty());
  EXPECT_EQ(opening.calls.stats().documents.done, documents);
  const double results = 100 * static_cast<double>(documents);
  EXPECT_LT((size() - empty - names - results) / documents, 20);
}

TEST_F(SqliteBrokerTest, AClockThatIsSetBackHoldsNothingUpForLongerThanALease) {
  Opening opening(options, clock);
  opening.submit(2);
  const ExchangeReply lost = opening.exchange({}, 1);
  ExchangeReply failing = opening.exchange({}, 1);
  Completion failed = done(failing.leases, "").front();
  failed.kind = Completion::Kind::failed;
  failed.retryable = true;
  opening.exchange({failed}, 0);

  clock.advance(-std::chrono::hours(1'000));
  EXPECT_TRUE(opening.exchange({}, 5).leases.empty());
  clock.advance(std::chrono::minutes(2));
  opening.exchange({}, 0);
  EXPECT_EQ(opening.exchange({}, 5).leases.size(), 2U);
}

TEST_F(SqliteBrokerTest, RemovalIsDoneInStepsThatOthersFinishAndLeavesNoRow) {
  Opening opening(options, clock);
  const JobId job = opening.submit(300'000);
  for (int i = 0; i < 60; ++i) opening.exchange({}, 1);
  const ExchangeReply kept = opening.exchange({}, 10);
  EXPECT_TRUE(opening.calls.cancel(job).has_value());
  EXPECT_FALSE(opening.calls.remove(job).value()) << "too much for one step";
  EXPECT_EQ(opening.calls.status(job).error().code, ErrorCode::not_found);
  EXPECT_EQ(opening.calls.stats().jobs, 0U);
  EXPECT_EQ(opening.calls.stats().documents.total(), 0U);

  for (int calls = 0; rows_left() > 0 && calls < 1'000; ++calls) {
    EXPECT_EQ(opening.exchange(done(kept.leases, ""), 1).stale.size(), 10U);
  }
  EXPECT_EQ(rows_left(), 0);
  EXPECT_EQ(opening.calls.remove(job).error().code, ErrorCode::not_found);
}

TEST_F(SqliteBrokerTest, AJobWithPartsRunsAndFailuresLeavesNoRowEither) {
  Opening opening(options, clock);
  const JobId job = opening.submit(30);
  std::vector<Completion> completions = done(opening.exchange({}, 20).leases, "");
  completions[0].kind = Completion::Kind::split;
  completions[0].parts = {{1, 5}, {6, 10}};
  completions[1].kind = completions[2].kind = Completion::Kind::failed;
  completions[2].retryable = true;
  for (std::size_t i = 5; i < 9; ++i) completions[i].kind = Completion::Kind::released;
  completions.resize(15);
  opening.exchange(completions, 0);
  opening.exchange(done(opening.exchange({}, 1).leases, "part"), 1);
  EXPECT_TRUE(opening.calls.cancel(job).has_value());
  while (!opening.calls.remove(job).value()) {
  }
  EXPECT_EQ(rows_left(), 0);
}

TEST_F(SqliteBrokerTest, AMergedDocumentLeavesNoRowOfItsParts) {
  Opening opening(options, clock);
  opening.submit(1);
  std::vector<Completion> split = done(opening.exchange({}, 1).leases, "");
  split[0].kind = Completion::Kind::split;
  split[0].parts = {{1, 5}, {6, 10}};
  const ExchangeReply parts = opening.exchange(split, 5);
  const ExchangeReply merge = opening.exchange(done(parts.leases, "part"), 5);
  EXPECT_EQ(merge.leases.at(0).tasks.at(0).part_results, (std::vector<std::string>{"part", "part"}));
  opening.exchange(done(merge.leases, "whole"), 0);
  EXPECT_EQ(rows_left(), 4) << "job, spec, names, results";
}

// ---- The thread

using Access = DatabaseThread::Access;

class DatabaseThreadTest : public SqliteBrokerTest {
 protected:
  std::unique_ptr<DatabaseThread> start(const char* pragma = "") {
    std::unique_ptr<Database> database = open_database(options);
    database->execute(pragma);
    return std::make_unique<DatabaseThread>(loop, std::move(database), clock, false, std::make_shared<ChangeBoard>());
  }

  // Runs all of `works` at the same time; what each threw, or null.
  std::vector<std::exception_ptr> run_all(DatabaseThread& thread, const std::vector<DatabaseThread::Work>& works) {
    std::vector<std::exception_ptr> errors(works.size());
    for (std::size_t i = 0; i < works.size(); ++i) {
      boost::asio::co_spawn(loop, thread.run(Access::write, works[i]),
                            [&errors, i](std::exception_ptr error) { errors[i] = error; });
    }
    loop.restart();
    loop.run();
    return errors;
  }

  boost::asio::io_context loop;
};

std::string message_of(const std::exception_ptr& error) {
  try {
    if (error) std::rethrow_exception(error);
    return "";
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

void create_job(Store& store) { EXPECT_TRUE(store.create({}).has_value()); }

TEST_F(DatabaseThreadTest, ACallThatCannotBeDoneSpoilsOnlyItself) {
  const auto thread = start();
  const auto spoil = [](Store& store) {
    create_job(store);
    throw SystemError(SystemError::Kind::overloaded, "spoilt");
  };
  const std::vector<std::exception_ptr> errors = run_all(*thread, {create_job, spoil, create_job});
  EXPECT_EQ(message_of(errors[0]), "");
  EXPECT_EQ(message_of(errors[1]), "spoilt");
  EXPECT_EQ(message_of(errors[2]), "");
  BrokerStats stats;
  run_all(*thread, {[&](Store& store) { stats = store.stats(); }});
  EXPECT_EQ(stats.jobs, 2U);
}

TEST_F(DatabaseThreadTest, AFullDiskIsReportedAndNothingOfTheCallIsKept) {
  const auto thread = start("PRAGMA max_page_count = 100");
  JobId job;
  run_all(*thread, {[&](Store& store) { job = store.create({}).value().job; }});
  std::uint64_t added = 0;
  std::string message;
  while (message.empty() && added < 100'000) {
    const AddDocuments add{.job = job, .first = added, .names = std::vector<std::string>(100, std::string(99, 'n'))};
    message = message_of(
        run_all(*thread, {[&](Store& store) { EXPECT_TRUE(store.add_documents(add).has_value()); }}).front());
    if (message.empty()) added += 100;
  }
  EXPECT_THAT(message, HasSubstr("no space is left for the database " + options.path));
  EXPECT_GT(added, 0U);

  JobStatus status;
  run_all(*thread, {[&](Store& store) { status = store.status(job).value(); }});
  EXPECT_EQ(status.counters.waiting, added);
}

TEST_F(DatabaseThreadTest, WhatIsQueuedIsDoneBeforeTheThreadEnds) {
  auto thread = start();
  bool answered = false;
  const DatabaseThread::Work work = create_job;
  boost::asio::co_spawn(loop, thread->run(Access::write, work), [&](std::exception_ptr) { answered = true; });
  loop.poll();  // queues the call
  thread.reset();
  loop.run();
  EXPECT_TRUE(answered);
  EXPECT_EQ(Database(options.path, Millis{0}).number("SELECT count(*) FROM jobs"), 1);
}

}  // namespace
}  // namespace docmill::sqlite
