// Coroutines that own all that they use, and end when its owner closes it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <utility>

namespace docmill::redis {

// What such a coroutine throws is a bug: it leaves the loop's run(). `stop` cancels it.
inline void spawn(const boost::asio::any_io_executor& loop, boost::asio::awaitable<void> task,
                  boost::asio::cancellation_slot stop = boost::asio::cancellation_slot()) {
  const auto on_end = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  };
  boost::asio::co_spawn(loop, std::move(task), boost::asio::bind_cancellation_slot(stop, on_end));
}

// Cancels what was spawned with the slot of `stop`. `owner` has that signal: it is kept until Asio, which does so by a
// handler of its own, has done it.
inline void cancel_spawned(const boost::asio::any_io_executor& loop, boost::asio::cancellation_signal& stop,
                           std::shared_ptr<void> owner) {
  stop.emit(boost::asio::cancellation_type::terminal);
  boost::asio::post(loop, [owner = std::move(owner)] {});
}

}  // namespace docmill::redis
