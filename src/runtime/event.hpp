// Event: coroutines wait until something has changed. One event loop; not thread-safe.
//
// notify() wakes all who wait at that moment and is remembered until the next wait() where nobody did: a change between
// looking and waiting is never missed. A waiter may be woken for nothing and looks again.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <list>

namespace docmill {

class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& loop) : loop_(loop) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void notify();

  // Returns true when notified, false after `timeout`. Cancelling the coroutine throws operation_aborted.
  boost::asio::awaitable<bool> wait(std::chrono::milliseconds timeout);
  boost::asio::awaitable<void> wait();

 private:
  struct Waiting;  // in the frame of the coroutine that waits
  boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point end);

  const boost::asio::any_io_executor loop_;
  bool notified_ = false;
  std::list<Waiting*> waiting_;
};

}  // namespace docmill
