#include "cli/figures.hpp"

#include <gtest/gtest.h>

namespace docmill::cli {
namespace {

using std::chrono::seconds;

LeasedTask task_of(std::uint64_t index, TaskKind kind = TaskKind::document, int part = 0) {
  LeasedTask task;
  task.ref.index = index;
  task.ref.part = part;
  task.kind = kind;
  return task;
}

Completion done_with(std::uint64_t pages) {
  Completion completion;
  completion.pages = pages;
  return completion;
}

JobStatus job_of(std::uint64_t waiting, std::uint64_t leased, std::uint64_t done) {
  JobStatus job;
  job.counters.waiting = waiting;
  job.counters.leased = leased;
  job.counters.done = done;
  return job;
}

const Moment start{seconds(100)};

TEST(SecondsLeft, OneHugeDocumentDoesNotMakeTheOthersLookHuge) {
  const std::vector<int> finished{2, 100'000, 2, 3, 2};
  Evidence evidence;
  evidence.pages_ahead = 10;
  evidence.documents_not_begun = 20;
  evidence.finished_pages = finished;
  evidence.pages_per_second = 2;
  EXPECT_DOUBLE_EQ(seconds_left(evidence).value_or(-1), (10 + 20 * 2) / 2.0);
}

TEST(SecondsLeft, SaysNothingOnTooLittleEvidence) {
  const std::vector<int> finished{2, 2};
  Evidence evidence;
  evidence.pages_ahead = 10;
  evidence.documents_not_begun = 1;
  evidence.finished_pages = finished;
  evidence.pages_per_second = 2;
  EXPECT_FALSE(seconds_left(evidence).has_value());
  evidence.documents_not_begun = 0;
  EXPECT_DOUBLE_EQ(seconds_left(evidence).value_or(-1), 5);
  evidence.pages_per_second = 0;
  EXPECT_FALSE(seconds_left(evidence).has_value());
}

TEST(FigureKeeper, TimeLeftFollowsPagesKnownAndTheMedianOfTheOthers) {
  FigureKeeper keeper(0, 0, start);
  for (std::uint64_t index = 0; index < 3; ++index) {
    keeper.started(task_of(index));
    keeper.progress(task_of(index), 10, 10);
    keeper.finished(task_of(index), done_with(10));
  }
  keeper.started(task_of(3));
  keeper.progress(task_of(3), 10, 5);
  keeper.job(job_of(3, 1, 3));
  const auto figures = keeper.at(start + seconds(35));
  EXPECT_EQ(figures.pages, 35U);
  EXPECT_DOUBLE_EQ(figures.per_second, 1.0);
  EXPECT_DOUBLE_EQ(figures.seconds_left.value_or(-1), 5 + 3 * 10);
}

TEST(FigureKeeper, PartsOfASplitDocumentCountOnce) {
  FigureKeeper keeper(0, 0, start);
  keeper.started(task_of(0));
  Completion split;
  split.kind = Completion::Kind::split;
  split.parts = {PageRange{1, 30}, PageRange{31, 60}};
  keeper.finished(task_of(0), split);
  auto part = task_of(0, TaskKind::part, 1);
  part.pages = PageRange{1, 30};
  keeper.started(part);
  keeper.progress(part, 30, 30);
  keeper.finished(part, done_with(30));
  auto second = task_of(0, TaskKind::part, 2);
  second.pages = PageRange{31, 60};
  keeper.started(second);
  keeper.progress(second, 30, 15);
  keeper.job(job_of(0, 1, 0));
  const auto figures = keeper.at(start + seconds(45));
  EXPECT_EQ(figures.pages, 45U);
  ASSERT_TRUE(figures.seconds_left.has_value());
  EXPECT_GE(*figures.seconds_left, 15);
}

TEST(FigureKeeper, PagesOfAFailedAttemptAreTakenBack) {
  FigureKeeper keeper(0, 0, start);
  keeper.started(task_of(0));
  keeper.progress(task_of(0), 4, 3);
  Completion failed;
  failed.kind = Completion::Kind::failed;
  keeper.finished(task_of(0), failed);
  EXPECT_EQ(keeper.at(start + seconds(1)).pages, 0U);
}

TEST(FigureKeeper, CountsDocumentsWhereThereAreNoPages) {
  FigureKeeper keeper(10, 1, start);
  keeper.job(job_of(50, 0, 50));
  const auto figures = keeper.at(start + seconds(5));
  EXPECT_FALSE(figures.counts_pages);
  EXPECT_DOUBLE_EQ(figures.per_second, 10);
  EXPECT_DOUBLE_EQ(figures.seconds_left.value_or(-1), 5);
  EXPECT_EQ(figures.documents, 110U);
  EXPECT_EQ(figures.ended, 60U);
  EXPECT_EQ(figures.partial, 1U);
}

TEST(FigureKeeper, SaysNothingAboutTheTimeLeftBeforeItKnows) {
  FigureKeeper keeper(0, 0, start);
  keeper.job(job_of(5, 0, 0));
  EXPECT_FALSE(keeper.at(start + seconds(1)).seconds_left.has_value());
}

TEST(FigureKeeper, CountsPagesOnceOfWhatIsBegunAgain) {
  FigureKeeper keeper(0, 0, Moment());
  LeasedTask part = task_of(0, TaskKind::part, 1);
  part.pages = {1, 4};
  keeper.started(part);
  keeper.progress(part, 4, 3);
  keeper.started(part);
  EXPECT_EQ(keeper.at(Moment() + seconds(1)).pages, 0U);
  keeper.progress(part, 4, 4);
  EXPECT_EQ(keeper.at(Moment() + seconds(2)).pages, 4U);
  keeper.finished(part, done_with(4));
  EXPECT_EQ(keeper.at(Moment() + seconds(3)).pages, 4U);
}

}  // namespace
}  // namespace docmill::cli
