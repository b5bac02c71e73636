// Random histories against the SQLite broker: one opening of the file, and several at once as several processes would.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "broker/sqlite/sqlite_broker.hpp"
#include "tests/model/campaign.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::test {
namespace {

class SqliteHistories : public testing::Test {
 protected:
  // Each history gets a file of its own, opened `count` times.
  OpenBrokers open(int count) {
    return [this, count](boost::asio::io_context& loop, const Clock& clock, const History& history) {
      SqliteOptions options;
      options.path = directory_.path() / ("history-" + std::to_string(++histories_) + ".db");
      options.strict_scheduling = history.strict_scheduling;
      options.durability = SqliteOptions::Durability::normal;
      // Job ids decide how long a retry waits: the same history must draw the same ones.
      ::sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(history.seed % 1'000'000) + 1, nullptr);
      forget_last();
      last_ = options.path;
      std::vector<std::unique_ptr<Broker>> brokers;
      for (int i = 0; i < count; ++i) brokers.push_back(open_sqlite_broker(loop, clock, options));
      return brokers;
    };
  }

 private:
  void forget_last() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(last_ + suffix);
  }

  TempDir directory_{fast_directory()};
  std::string last_;
  std::uint64_t histories_ = 0;
};

TEST_F(SqliteHistories, AgreeWithTheModel) {
  const std::optional<Failure> failure = find_failure(campaign_of(1'200), open(1));
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

TEST_F(SqliteHistories, AgreeWithTheModelThroughTwoOpeningsOfOneFile) {
  const std::optional<Failure> failure = find_failure(campaign_of(800), open(2));
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

TEST_F(SqliteHistories, AreTheSameForTheSameSeed) {
  const auto play = [&] {
    Duel duel(open(2), 3);
    EXPECT_FALSE(duel.play(make_tape(3, 80)));
    return duel.log();
  };
  EXPECT_EQ(play(), play());
}

}  // namespace
}  // namespace docmill::test
