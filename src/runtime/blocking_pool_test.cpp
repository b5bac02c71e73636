#include "runtime/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "runtime/task_group.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> ask(BlockingPool& pool, std::function<int(const GivenUp&)> work, int& answer) {
  answer = co_await pool.run<int>(std::move(work));
}

TEST(BlockingPool, RunsOnAnotherThreadAndAnswersOnTheLoop) {
  asio::io_context loop;
  BlockingPool pool(loop, 2);
  std::thread::id ran_on;
  int answer = 0;
  std::exception_ptr error;
  const std::function<int(const GivenUp&)> work = [&](const GivenUp&) {
    ran_on = std::this_thread::get_id();
    return 42;
  };
  asio::co_spawn(loop, ask(pool, work, answer), [&](std::exception_ptr thrown) { error = thrown; });
  loop.run();
  EXPECT_EQ(answer, 42);
  EXPECT_FALSE(error);
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(BlockingPool, ThrowsWhatTheWorkThrows) {
  asio::io_context loop;
  BlockingPool pool(loop, 1);
  int answer = 0;
  std::exception_ptr error;
  const std::function<int(const GivenUp&)> work = [](const GivenUp&) -> int { throw std::runtime_error("no"); };
  asio::co_spawn(loop, ask(pool, work, answer), [&](std::exception_ptr thrown) { error = thrown; });
  loop.run();
  EXPECT_THROW(std::rethrow_exception(error), std::runtime_error);
}

TEST(BlockingPool, WhoIsCancelledDoesNotWaitAndTheWorkIsTold) {
  asio::io_context loop;
  BlockingPool pool(loop, 1);
  TaskGroup group(loop.get_executor());
  std::promise<void> begun;
  std::promise<bool> told;
  int answer = 0;
  const std::function<int(const GivenUp&)> work = [&](const GivenUp& given_up) {
    begun.set_value();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!given_up && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    told.set_value(given_up);
    return 1;
  };
  group.spawn(ask(pool, work, answer));
  loop.poll();
  begun.get_future().wait();
  group.cancel();
  loop.restart();
  loop.poll();
  EXPECT_EQ(group.size(), 0U);
  EXPECT_EQ(answer, 0);
  EXPECT_TRUE(told.get_future().get());
}

}  // namespace
}  // namespace docmill
