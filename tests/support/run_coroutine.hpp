// run(): drives one coroutine to its end from plain code, so that tests need no coroutines of their own (and do
// not meet GCC 12's trouble with temporaries in co_await operands).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace docmill::test {

inline constexpr std::chrono::seconds run_deadline{60};

// Runs `loop` until `task` has ended; what it throws is thrown here. Throws std::runtime_error, which fails the test,
// when that takes longer than `deadline` of real time. Work of others on the loop is run in passing.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> task,
      std::chrono::milliseconds deadline = run_deadline) {
  struct State {
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
    std::exception_ptr error;
    bool ended = false;
  };
  const auto state = std::make_shared<State>();  // shared: after a missed deadline the coroutine may still end one day
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(loop, std::move(task), [state](std::exception_ptr thrown) {
      state->error = thrown;
      state->ended = true;
    });
  } else {
    boost::asio::co_spawn(loop, std::move(task), [state](std::exception_ptr thrown, T result) {
      state->error = thrown;
      if (!thrown) state->value.emplace(std::move(result));
      state->ended = true;
    });
  }
  const auto end = std::chrono::steady_clock::now() + deadline;
  loop.restart();
  while (!state->ended) {
    if (loop.run_one_until(end) == 0) throw std::runtime_error("a coroutine did not end in time, or waits for nothing");
  }
  if (state->error) std::rethrow_exception(state->error);
  if constexpr (!std::is_void_v<T>) return std::move(*state->value);
}

}  // namespace docmill::test
