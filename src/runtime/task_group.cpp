#include "runtime/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
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
  const auto place = running_.emplace(running_.end());
  auto on_end = [this, place](std::exception_ptr error) { ended(place, std::move(error)); };
  asio::co_spawn(loop_, started(std::move(task)), asio::bind_cancellation_slot(place->slot(), std::move(on_end)));
}

void TaskGroup::cancel() {
  // A coroutine may end while it is cancelled, and take its signal out of the list.
  for (auto place = running_.begin(); place != running_.end();) (place++)->emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> TaskGroup::started(asio::awaitable<void> task) {
  co_await asio::post(loop_, asio::use_awaitable);
  co_await std::move(task);
}

asio::awaitable<void> TaskGroup::join() {
  while (!running_.empty()) co_await ended_.wait();
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void TaskGroup::ended(std::list<asio::cancellation_signal>::iterator task, std::exception_ptr error) {
  running_.erase(task);
  if (error && !error_ && !is_cancellation(error)) error_ = std::move(error);
  ended_.notify();
}

}  // namespace docmill
