// TaskGroup: coroutines that are started together and waited for together. Whoever starts one joins the group before it
// goes away: no coroutine outlives what it refers to. One event loop; not thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <memory>
#include <set>

#include "runtime/event.hpp"

namespace docmill {

class TaskGroup {
 public:
  explicit TaskGroup(const boost::asio::any_io_executor& loop) : loop_(loop), ended_(loop) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();  // all must have ended

  // Runs `task` from the loop, not before this returns. It owns what it needs, or refers to what outlives the group.
  void spawn(boost::asio::awaitable<void> task);

  // Asks all to stop: what they wait for throws operation_aborted there, where it can be interrupted.
  void cancel();

  // Waits until all have ended, also those started meanwhile. Throws the first exception that one ended with; being
  // cancelled is none.
  boost::asio::awaitable<void> join();

  std::size_t size() const { return running_.size(); }

 private:
  // Shared with the handlers of the task, whatever becomes of it first.
  struct Running {
    enum class State { posted, started, ended };
    boost::asio::cancellation_signal signal;
    State state = State::posted;
    bool cancelled = false;
  };

  boost::asio::awaitable<void> begin(std::shared_ptr<Running> running, boost::asio::awaitable<void> task);
  static void cancel(Running& running);
  void ended(const std::shared_ptr<Running>& running, std::exception_ptr error);

  boost::asio::any_io_executor loop_;
  std::set<std::shared_ptr<Running>> running_;
  std::exception_ptr error_;
  Event ended_;
};

}  // namespace docmill
