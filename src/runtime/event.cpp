#include "runtime/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace docmill {

namespace asio = boost::asio;

struct Event::Waiting {
  asio::steady_timer timer;
  bool woken = false;  // before its time was over, or at the same moment
};

void Event::notify() {
  notified_ = waiting_.empty();
  for (Waiting* const waiting : waiting_) {
    waiting->woken = true;
    waiting->timer.cancel();
  }
}

asio::awaitable<bool> Event::wait(std::chrono::milliseconds timeout) {
  return wait_until(std::chrono::steady_clock::now() + timeout);
}

asio::awaitable<void> Event::wait() { static_cast<void>(co_await wait_until(asio::steady_timer::time_point::max())); }

asio::awaitable<bool> Event::wait_until(std::chrono::steady_clock::time_point end) {
  if (std::exchange(notified_, false)) co_return true;
  Waiting waiting{asio::steady_timer(loop_, end)};
  const auto place = waiting_.insert(waiting_.end(), &waiting);
  const auto waited = co_await waiting.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  waiting_.erase(place);
  static_cast<void>(waited);  // `woken` says more
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return waiting.woken;
}

}  // namespace docmill
