#include "node/limits.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace docmill {
namespace {

using namespace std::chrono_literals;

protocol::Progress at_page(int page, int pages, double megapixels = 0) {
  protocol::Progress progress;
  progress.pages = pages;
  progress.finished = page - 1;
  progress.page = page;
  progress.megapixels = megapixels;
  return progress;
}

NodeOptions options() {
  NodeOptions options;
  options.base_timeout = 10s;
  options.page_timeout = 2s;
  options.stall_timeout = 60s;
  options.memory_limit = 100U << 20U;
  return options;
}

TEST(TaskClock, TheTimeAllowedGrowsWithThePages) {
  const NodeOptions limits = options();
  TaskClock clock(limits, 0s);
  EXPECT_FALSE(clock.over_time(9s));
  EXPECT_TRUE(clock.over_time(11s)) << "a document that is not open yet has the time for opening alone";
  clock.progress(at_page(1, 1), 1s);
  EXPECT_FALSE(clock.over_time(11s));
  EXPECT_TRUE(clock.over_time(13s));
  clock.progress(at_page(1, 20), 1s);
  EXPECT_FALSE(clock.over_time(49s));
  const auto error = clock.over_time(51s);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::timeout);
  EXPECT_EQ(error->message, "page 1 of 20: not finished within the 50 s allowed");
  EXPECT_EQ(error->page, 1);
}

TEST(TaskClock, TheTimeAllowedGrowsWithThePixelsOfLargePages) {
  const NodeOptions limits = options();
  TaskClock clock(limits, 0s);
  clock.progress(at_page(1, 1, 60), 0s);
  EXPECT_FALSE(clock.over_time(20s));
  EXPECT_TRUE(clock.over_time(23s));
}

TEST(TaskClock, NoProgressForTooLongNamesThePage) {
  const NodeOptions limits = options();
  TaskClock clock(limits, 0s);
  clock.progress(at_page(7, 200), 5s);
  EXPECT_FALSE(clock.over_time(64s));
  const auto error = clock.over_time(66s);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "page 7 of 200: no progress for 60 s");
}

TEST(TaskClock, StandsStillWhileTheWorkerWaitsForACore) {
  NodeOptions limits = options();
  limits.stall_timeout = 5s;
  TaskClock clock(limits, 100s);
  clock.sample({1000s, true}, 100s);  // of documents before
  clock.progress(at_page(1, 1), 100s);
  clock.sample({1002s, true}, 122s);
  EXPECT_FALSE(clock.over_time(124s)) << "4 s of 5 without progress";
  EXPECT_TRUE(clock.over_time(126s));
  clock.progress(at_page(1, 1), 124s);
  EXPECT_FALSE(clock.over_time(128s));
  clock.progress(at_page(1, 1), 128s);
  EXPECT_FALSE(clock.over_time(131s)) << "11 s of 12 in all";
  EXPECT_TRUE(clock.over_time(133s));
}

TEST(TaskClock, GoesOnWhileTheWorkerSleepsOrTakesMoreThanOneCore) {
  const NodeOptions limits = options();
  TaskClock clock(limits, 0s);
  clock.sample({1s, false}, 0s);
  clock.sample({1s, false}, 5s);
  clock.sample({9s, true}, 9s);
  EXPECT_FALSE(clock.over_time(10s));
  EXPECT_TRUE(clock.over_time(11s));
}

TEST(TaskClock, AFixedTimeAllowedWinsOverPages) {
  NodeOptions limits = options();
  limits.task_timeout = 3s;
  TaskClock clock(limits, 0s);
  clock.progress(at_page(1, 1000), 0s);
  EXPECT_TRUE(clock.over_time(4s));
}

TEST(TaskClock, MemoryOverTheLimitSaysHowMuch) {
  const NodeOptions limits = options();
  const TaskClock clock(limits, 0s);
  EXPECT_FALSE(clock.over_memory(100U << 20U));
  const auto error = clock.over_memory(150U << 20U);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::out_of_memory);
  EXPECT_EQ(error->message, "took 150 MiB of memory; 100 MiB are allowed");
}

// Statuses as waitpid gives them: an exit code in the second byte, a signal in the first.
ErrorCode code_of(int status) {
  WorkerGone gone;
  gone.status = status;
  return death(gone, at_page(3, 4), options()).code;
}

TEST(Death, TellsTheCausesApart) {
  EXPECT_EQ(code_of(SIGSEGV), ErrorCode::crashed);
  EXPECT_EQ(code_of(SIGKILL), ErrorCode::crashed);
  EXPECT_EQ(code_of(SIGXFSZ), ErrorCode::too_large);
  EXPECT_EQ(code_of(protocol::exit_out_of_memory << 8), ErrorCode::out_of_memory);
  EXPECT_EQ(code_of(0), ErrorCode::crashed);
}

TEST(Death, SaysWhereAndOfWhat) {
  WorkerGone gone;
  gone.status = SIGSEGV;
  EXPECT_EQ(death(gone, at_page(3, 4), options()).message,
            "page 3 of 4: the worker died of signal 11 (Segmentation fault)");
}

}  // namespace
}  // namespace docmill
