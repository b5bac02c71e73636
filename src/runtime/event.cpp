#include "runtime/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace docmill {

namespace asio = boost::asio;

void Event::notify() {
  notified_ = true;
  if (waiting_ > 0) timer_.cancel();
}

asio::awaitable<bool> Event::wait(std::chrono::milliseconds timeout) {
  return wait_until(std::chrono::steady_clock::now() + timeout);
}

asio::awaitable<void> Event::wait() { static_cast<void>(co_await wait_until(asio::steady_timer::time_point::max())); }

asio::awaitable<bool> Event::wait_until(std::chrono::steady_clock::time_point end) {
  if (!notified_) {
    // A timer has one expiry for all who wait on it, so a second waiter wakes the first, who looks again.
    timer_.expires_at(end);
    ++waiting_;
    const auto waited = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    --waiting_;
    const boost::system::error_code error = std::get<0>(waited);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
    if (error == boost::system::error_code()) co_return false;
  }
  notified_ = false;
  co_return true;
}

}  // namespace docmill
