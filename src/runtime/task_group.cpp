#include "runtime/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "core/error.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& thrown) {
    return thrown.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

TaskGroup::~TaskGroup() { DOCMILL_ASSERT(running_.empty()); }

void TaskGroup::spawn(asio::awaitable<void> task) {
  auto running = std::make_shared<Running>();
  running_.insert(running);
  auto on_end = [this, running](std::exception_ptr error) { ended(running, std::move(error)); };
  asio::co_spawn(loop_, begin(running, std::move(task)),
                 asio::bind_cancellation_slot(running->signal.slot(), std::move(on_end)));
}

// Cancelled before it began, a task still begins, and learns of it where it waits first: it may have to tidy up.
asio::awaitable<void> TaskGroup::begin(std::shared_ptr<Running> running, asio::awaitable<void> task) {
  // Also because Asio 1.24 never reports the end of a coroutine that is cancelled before it has waited once.
  co_await asio::post(loop_, asio::use_awaitable);
  running->state = Running::State::started;
  if (running->cancelled) asio::post(loop_, [running] { cancel(*running); });
  co_await std::move(task);
}

void TaskGroup::cancel() {
  const auto all = running_;  // one may end while it is cancelled, and leave the set
  for (const auto& running : all) cancel(*running);
}

void TaskGroup::cancel(Running& running) {
  running.cancelled = true;
  if (running.state == Running::State::started) running.signal.emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> TaskGroup::join() {
  while (!running_.empty()) co_await ended_.wait();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void TaskGroup::ended(const std::shared_ptr<Running>& running, std::exception_ptr error) {
  running->state = Running::State::ended;
  running_.erase(running);
  if (error && !error_ && !is_cancellation(error)) error_ = std::move(error);
  ended_.notify();
}

}  // namespace docmill
