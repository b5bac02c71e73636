#include "runtime/event.hpp"

#include <gtest/gtest.h>

#include "runtime/task_group.hpp"
#include "runtime/timer.hpp"
#include "tests/support/run_coroutine.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> count_after(Event& event, int& woken) {
  co_await event.wait();
  ++woken;
}

asio::awaitable<void> fail_after(std::chrono::milliseconds pause) {
  co_await sleep_for(pause);
  throw std::runtime_error("as planned");
}

asio::awaitable<void> tidy_up(Event& never, bool& tidied) {
  try {
    co_await never.wait();
  } catch (...) {
    tidied = true;
    throw;
  }
}

TEST(Event, RemembersANotificationThatNobodyWaitedFor) {
  asio::io_context loop;
  Event event(loop.get_executor());
  event.notify();
  EXPECT_TRUE(test::run(loop, event.wait(10s)));
  EXPECT_FALSE(test::run(loop, event.wait(1ms)));
}

TEST(Event, WakesAllWhoWait) {
  asio::io_context loop;
  Event event(loop.get_executor());
  TaskGroup group(loop.get_executor());
  int woken = 0;
  group.spawn(count_after(event, woken));
  group.spawn(count_after(event, woken));
  asio::post(loop, [&] { asio::post(loop, [&] { event.notify(); }); });
  test::run(loop, group.join());
  EXPECT_EQ(woken, 2);
}

// Waits again and again, as those do who look after what they were woken for.
asio::awaitable<void> count_wakings(Event& event, int& wakings, bool& over) {
  while (!over) {
    static_cast<void>(co_await event.wait(10s));
    ++wakings;
  }
}

TEST(Event, ThoseWhoWaitDoNotWakeEachOther) {
  asio::io_context loop;
  Event event(loop.get_executor());
  TaskGroup group(loop.get_executor());
  int wakings = 0;
  bool over = false;
  group.spawn(count_wakings(event, wakings, over));
  group.spawn(count_wakings(event, wakings, over));
  loop.run_for(20ms);
  EXPECT_EQ(wakings, 0);
  over = true;
  event.notify();
  test::run(loop, group.join());
  EXPECT_EQ(wakings, 2);
}

TEST(TaskGroup, CarriesTheFirstExceptionToJoin) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  group.spawn(fail_after(1ms));
  group.spawn(fail_after(2ms));
  EXPECT_THROW(test::run(loop, group.join()), std::runtime_error);
  EXPECT_NO_THROW(test::run(loop, group.join()));
}

TEST(TaskGroup, CancelledTasksTidyUpAndAreNoFailure) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  Event never(loop.get_executor());
  bool tidied = false;
  group.spawn(tidy_up(never, tidied));
  loop.run_for(1ms);
  group.cancel();
  test::run(loop, group.join());
  EXPECT_TRUE(tidied);
}

TEST(TaskGroup, ATaskCancelledBeforeItBeganStillTidiesUp) {
  asio::io_context loop;
  TaskGroup group(loop.get_executor());
  Event never(loop.get_executor());
  bool tidied = false;
  group.spawn(tidy_up(never, tidied));
  group.cancel();
  test::run(loop, group.join());
  EXPECT_TRUE(tidied);
}

}  // namespace
}  // namespace docmill
