// The auditor over random histories that the model agrees with: it must find nothing. A judge who accuses the innocent
// is of no use to those who wait for a night's chaos run.
#include "broker/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "broker/recording_broker.hpp"
#include "broker/sqlite/sqlite_broker.hpp"
#include "tests/model/campaign.hpp"
#include "tests/model/duel.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::test {
namespace {

// The duel's clock stands still between steps; ticks tell what came before what all the same.
class TickingClock final : public Clock {
 public:
  explicit TickingClock(const Clock& clock) : clock_(clock) {}
  TimePoint now() const override { return clock_.now(); }
  std::chrono::nanoseconds monotonic() const override { return clock_.now() + std::chrono::nanoseconds(++ticks_); }

 private:
  const Clock& clock_;
  mutable std::int64_t ticks_ = 0;
};

class AuditedHistories : public testing::Test {
 protected:
  // Two openings of one file, as two processes that write one history.
  OpenBrokers open() {
    return [this](boost::asio::io_context& loop, const Clock& clock, const History& history) {
      options_.path = directory_.path() / ("queue-" + std::to_string(history.seed) + ".db");
      options_.strict_scheduling = history.strict_scheduling;
      options_.durability = SqliteOptions::Durability::normal;
      loop_ = &loop;
      clock_ = &clock;
      ticking_ = std::make_unique<TickingClock>(clock);
      file_ = directory_.path() / ("history-" + std::to_string(history.seed));
      std::vector<std::unique_ptr<Broker>> brokers;
      for (int i = 0; i < 2; ++i) {
        auto broker = open_sqlite_broker(loop, clock, options_);
        brokers.push_back(std::make_unique<RecordingBroker>(std::move(broker), *ticking_, file_));
      }
      return brokers;
    };
  }

  std::vector<JobInTheEnd> in_the_end() {
    const auto unrecorded = open_sqlite_broker(*loop_, *clock_, options_);
    SyncBroker broker(*loop_, *unrecorded);
    std::vector<JobInTheEnd> jobs;
    for (const auto& status : broker.all_jobs(100)) {
      JobInTheEnd job{status, broker.all_tasks(status.id, std::nullopt, 1'000), {}};
      for (const auto& row : broker.all_results(status.id, 1'000)) {
        job.results.push_back({row.index, row.outcome, digest_of(row.result)});
      }
      jobs.push_back(std::move(job));
    }
    return jobs;
  }

  TempDir directory_{fast_directory()};
  SqliteOptions options_;
  boost::asio::io_context* loop_ = nullptr;  // of the duel at hand, like the clock
  const Clock* clock_ = nullptr;
  std::unique_ptr<TickingClock> ticking_;
  std::filesystem::path file_;
};

TEST_F(AuditedHistories, AreFoundInnocent) {
  const Campaign campaign = campaign_of(200);
  AuditFigures all;
  for (std::uint64_t seed = campaign.first_seed; seed < campaign.first_seed + campaign.histories; ++seed) {
    Duel duel(open(), seed);
    ASSERT_FALSE(duel.play(make_tape(seed, 40 + seed % 60)));
    const auto end = in_the_end();
    docmill::History history;
    ASSERT_TRUE(read_history(file_, history));
    const auto report = audit(history, end);
    for (const auto& finding : report.findings) {
      ADD_FAILURE() << "DOCMILL_MODEL_SEED=" << seed << ": " << info_of(finding.violation).name << ": job "
                    << finding.job.value << ", document " << finding.index.value_or(0) << ": " << finding.text;
    }
    if (HasFailure()) {
      for (const auto& line : duel.log()) std::cerr << line << "\n";
      return;
    }
    all.leased += report.figures.leased;
    all.accepted += report.figures.accepted;
    all.refused += report.figures.refused;
  }
  EXPECT_GT(all.leased, 10 * campaign.histories) << "histories without work prove nothing";
  EXPECT_GT(all.accepted, campaign.histories);
  EXPECT_GT(all.refused, campaign.histories);
}

}  // namespace
}  // namespace docmill::test
