// Coroutines that own all that they use, and end when its owner closes it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

namespace docmill::redis {

// What such a coroutine throws is a bug: it leaves the loop's run().
inline void spawn(const boost::asio::any_io_executor& loop, boost::asio::awaitable<void> task) {
  boost::asio::co_spawn(loop, std::move(task), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
}

}  // namespace docmill::redis
