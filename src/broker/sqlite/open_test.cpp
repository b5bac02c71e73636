// Files that cannot be used, or not now: each refusal with its kind and a sentence that helps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "broker/sqlite/database.hpp"
#include "broker/sqlite/schema.hpp"
#include "broker/sqlite/sqlite_broker.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sync_broker.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::sqlite {
namespace {

using testing::HasSubstr;
using Kind = SystemError::Kind;

class OpenSqliteBroker : public testing::Test {
 protected:
  std::unique_ptr<Broker> open() { return open_sqlite_broker(loop, clock, options); }

  // Whatever `attempt` throws must be this.
  template <class Attempt>
  void expect_refusal(Kind kind, const std::string& words, Attempt attempt) {
    try {
      attempt();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const SystemError& error) {
      EXPECT_EQ(error.kind(), kind);
      EXPECT_THAT(error.what(), HasSubstr(words));
      EXPECT_THAT(error.what(), HasSubstr(options.path));
    }
  }
  void expect_refused_opening(Kind kind, const std::string& words) {
    expect_refusal(kind, words, [this] { open(); });
  }

  void write_file(const std::string& content) { std::ofstream(options.path, std::ios::binary) << content; }
  std::string read_file() {
    std::ifstream file(options.path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  boost::asio::io_context loop;
  test::ManualClock clock;
  test::TempDir directory;
  SqliteOptions options{.path = directory.path() / "broker.db"};
};

TEST_F(OpenSqliteBroker, AFileThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  const std::string content(5'000, 'x');
  write_file(content);
  expect_refused_opening(Kind::misconfigured, "is damaged or is no database");
  EXPECT_EQ(read_file(), content);
}

TEST_F(OpenSqliteBroker, OthersMayReadNothingOfIt) {
  const std::unique_ptr<Broker> broker = open();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const auto rights = std::filesystem::status(options.path + suffix).permissions();
    EXPECT_EQ(rights & std::filesystem::perms::others_all, std::filesystem::perms::none) << suffix;
    EXPECT_NE(rights & std::filesystem::perms::owner_write, std::filesystem::perms::none) << suffix;
  }
}

TEST_F(OpenSqliteBroker, ADatabaseOfAnotherProgramIsRefusedAndLeftAsItIs) {
  Database(options.path, Millis{0}).execute("CREATE TABLE songs (title TEXT)");
  const std::string content = read_file();
  expect_refused_opening(Kind::misconfigured, "is the database of another program");
  EXPECT_EQ(read_file(), content);
}

TEST_F(OpenSqliteBroker, ADatabaseOfANewerDocmillIsRefusedAndLeftAsItIs) {
  open();
  Database(options.path, Millis{0}).execute("PRAGMA user_version = 77");
  const std::string content = read_file();
  expect_refused_opening(Kind::misconfigured, "was written by a newer docmill (format 77, this one knows 2)");
  EXPECT_EQ(read_file(), content);
}

// Every table and index with its columns, whatever the statements were that made them.
std::string structure(Database& database) {
  std::string text;
  Query columns = database.query(
      "SELECT s.type || ' ' || s.name || ': ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || "
      "coalesce(c.dflt_value, '-') || ' ' || c.pk FROM sqlite_schema s, pragma_table_info(s.name) c "
      "ORDER BY s.name, c.cid");
  Query indexes =
      database.query("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");
  for (Query* query : {&columns, &indexes}) {
    while (query->next()) {
      std::string line;
      query->read(line);
      text += line + "\n";
    }
  }
  return text;
}

// As docmill 0.1 left it before nodes offered anything.
constexpr const char* back_to_format_1 =
    "DROP TABLE hedges; ALTER TABLE leases DROP COLUMN granted_at;"
    "ALTER TABLE jobs DROP COLUMN hedges; DROP INDEX kept_jobs; ALTER TABLE jobs DROP COLUMN result_ttl; DROP INDEX "
    "turns; ALTER TABLE jobs DROP COLUMN "
    "needs; ALTER TABLE nodes DROP COLUMN offers;"
    "CREATE INDEX turns ON jobs (pipeline, priority, virtual_time, number) WHERE servable = 1; PRAGMA user_version = 1";

TEST_F(OpenSqliteBroker, ADatabaseOfAnOlderDocmillIsBroughtUpToDateWithAllThatIsInIt) {
  JobId job;
  {
    const std::unique_ptr<Broker> broker = open();
    test::SyncBroker calls(loop, *broker);
    job = calls.create({}).value().job;
    ASSERT_TRUE(calls.add_documents({.job = job, .first = 0, .names = {"a", "b"}}).has_value());
    ASSERT_TRUE(calls.seal(job).has_value());
  }
  Database file(options.path, Millis{0});
  const std::string made = structure(file);
  file.execute(back_to_format_1);
  ASSERT_NE(structure(file), made);

  const std::unique_ptr<Broker> broker = open();
  EXPECT_EQ(structure(file), made);
  EXPECT_EQ(file.number("PRAGMA user_version"), 2);
  test::SyncBroker calls(loop, *broker);
  Exchange request;
  request.want = 10;
  request.offers = {"ocr"};
  EXPECT_EQ(calls.exchange(request).value().leases.at(0).tasks.size(), 2U);
  EXPECT_EQ(calls.status(job).value().counters.leased, 2U);
}

TEST_F(OpenSqliteBroker, DamageInTheMiddleOfTheFileIsReportedByTheCallThatMeetsIt) {
  JobId job;
  {
    const std::unique_ptr<Broker> broker = open();
    test::SyncBroker calls(loop, *broker);
    job = calls.create({}).value().job;
    const AddDocuments add{.job = job, .first = 0, .names = std::vector<std::string>(10'000, std::string(100, 'n'))};
    ASSERT_TRUE(calls.add_documents(add).has_value());
  }
  std::string content = read_file();
  for (std::size_t i = content.size() / 2; i < content.size(); ++i) content[i] = '\x55';
  write_file(content);
  const std::unique_ptr<Broker> broker = open();
  test::SyncBroker calls(loop, *broker);
  EXPECT_EQ(calls.stats().documents.waiting, 10'000U);
  expect_refusal(Kind::misconfigured, "is damaged",
                 [&] { static_cast<void>(calls.tasks(job, std::nullopt, 0, 10'000)); });
}

TEST_F(OpenSqliteBroker, AMissingDirectoryIsNamed) {
  options.path = directory.path() / "missing" / "broker.db";
  expect_refused_opening(Kind::misconfigured, "see that " + (directory.path() / "missing").string() + " exists");
}

TEST_F(OpenSqliteBroker, ADirectoryThatCannotBeWrittenIsNamed) {
  options.path = "/proc/broker.db";  // where not even root may make a file
  expect_refused_opening(Kind::misconfigured, "cannot be opened for writing");
}

TEST_F(OpenSqliteBroker, AFileThatStaysLockedIsReportedAndServesAgainWhenItIsFree) {
  options.busy_timeout = Millis{20};
  const std::unique_ptr<Broker> broker = open();
  test::SyncBroker calls(loop, *broker);
  Database other(options.path, Millis{0});
  other.execute("BEGIN IMMEDIATE");
  expect_refusal(Kind::unavailable, "is locked by another process", [&] { static_cast<void>(calls.create({})); });
  EXPECT_EQ(calls.stats().jobs, 0U) << "reading does not need the lock";
  other.execute("COMMIT");
  EXPECT_TRUE(calls.create({}).has_value());
}

TEST_F(OpenSqliteBroker, AFileThatIsLockedWhileItIsMadeIsReported) {
  options.busy_timeout = Millis{20};
  Database other(options.path, Millis{0});
  other.execute("BEGIN EXCLUSIVE");
  expect_refused_opening(Kind::unavailable, "is locked by another process");
}

TEST_F(OpenSqliteBroker, TwoMayOpenANewFileAtTheSameMoment) {
  for (int round = 0; round < 40; ++round) {
    options.path = directory.path() / ("new-" + std::to_string(round) + ".db");
    std::vector<std::future<std::unique_ptr<Database>>> openings;
    for (int i = 0; i < 4; ++i) {
      openings.push_back(std::async(std::launch::async, [this] { return open_database(options); }));
    }
    for (auto& opening : openings) EXPECT_NO_THROW(opening.get());
  }
}

TEST_F(OpenSqliteBroker, WhatWasClosedIsThereWhenItIsOpenedAgain) {
  JobId job;
  {
    const std::unique_ptr<Broker> broker = open();
    test::SyncBroker calls(loop, *broker);
    job = calls.create({}).value().job;
    ASSERT_TRUE(calls.add_documents({.job = job, .first = 0, .names = {"a", "b"}}).has_value());
  }
  const std::unique_ptr<Broker> broker = open();
  test::SyncBroker calls(loop, *broker);
  EXPECT_EQ(calls.status(job).value().counters.waiting, 2U);
  EXPECT_EQ(calls.all_tasks(job, std::nullopt, 10).at(1).document, "b");
}

}  // namespace
}  // namespace docmill::sqlite
