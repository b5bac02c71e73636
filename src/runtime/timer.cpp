#include "runtime/timer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace docmill {

boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration) {
  const auto loop = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(loop, duration);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace docmill
