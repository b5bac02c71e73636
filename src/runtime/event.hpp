// Event: coroutines wait until something has changed. One event loop; not thread-safe.
//
// notify() wakes all who wait at that moment and is remembered until the next wait() where nobody did: a change between
// looking and waiting is never missed. A waiter may be woken for nothing and looks again.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace docmill {

class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& loop) : timer_(loop) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void notify();

  // Returns true when notified, false after `timeout`. Cancelling the coroutine throws operation_aborted.
  boost::asio::awaitable<bool> wait(std::chrono::milliseconds timeout);
  boost::asio::awaitable<void> wait();

 private:
  boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point end);

  boost::asio::steady_timer timer_;  // expiry of the one who waits; cancelled by notify()
  bool notified_ = false;
  int waiting_ = 0;
};

}  // namespace docmill
