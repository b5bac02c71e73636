#include "broker/sqlite/database_thread.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

namespace docmill::sqlite {
namespace {

constexpr std::size_t most_calls = 128;  // in one transaction: nobody shall wait long for its commit
constexpr std::chrono::milliseconds poll_interval{50};

// Locked, or a disk that fails: trying again at once would only take as long again.
bool is_unavailable(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const SystemError& failure) {
    return failure.kind() == SystemError::Kind::unavailable;
  } catch (...) {
    return false;
  }
}

}  // namespace

using boost::asio::awaitable;

DatabaseThread::DatabaseThread(boost::asio::io_context& loop, std::unique_ptr<Database> database, const Clock& clock,
                               bool strict_scheduling, std::shared_ptr<ChangeBoard> board)
    : loop_(loop),
      board_(std::move(board)),
      database_(std::move(database)),
      store_(*database_, clock, strict_scheduling),
      data_version_(database_->number("PRAGMA data_version")),
      thread_([this] { loop_over_batches(); }) {}

DatabaseThread::~DatabaseThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

awaitable<void> DatabaseThread::run(Access access, const Work& work) {
  // The coroutine's frame, with `work` in it, lives as long as the handler does.
  auto initiate = [this, access, &work](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));  // std::function wants to be copied
    enqueue({.access = access,
             .work = &work,
             .resume = [shared](std::exception_ptr error) { std::move (*shared)(error); },
             .keeps_loop_running = boost::asio::make_work_guard(loop_),
             .error = nullptr});
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::exception_ptr)>(
      initiate, boost::asio::use_awaitable);
}

void DatabaseThread::watch_others(bool watched) {
  {
    const std::lock_guard lock(mutex_);
    watchers_ += watched ? 1 : -1;
  }
  wake_.notify_one();
}

void DatabaseThread::enqueue(Call call) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(call));
  }
  wake_.notify_one();
}

// ---- On the thread

void DatabaseThread::loop_over_batches() {
  while (true) {
    Batch batch = next_batch();
    if (!batch.empty()) {
      execute(batch);
      answer(std::move(batch));
      continue;
    }
    const std::lock_guard lock(mutex_);
    if (stopping_ && queue_.empty()) return;
  }
}

// What waits, as soon as something does. Empty: it is time to stop.
DatabaseThread::Batch DatabaseThread::next_batch() {
  std::unique_lock lock(mutex_);
  while (queue_.empty() && !stopping_) {
    if (watchers_ == 0) {
      wake_.wait(lock);
    } else if (wake_.wait_for(lock, poll_interval) == std::cv_status::timeout) {
      lock.unlock();
      look_at_others();
      lock.lock();
    }
  }
  Batch batch;
  while (!queue_.empty() && batch.size() < most_calls) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

// All in one transaction; if that fails each in its own, so that a call which cannot be done spoils only itself.
void DatabaseThread::execute(Batch& batch) {
  const std::exception_ptr error = try_to_commit(batch);
  if (!error) return;
  if (batch.size() == 1 || is_unavailable(error)) {
    for (Call& call : batch) call.error = error;
    return;
  }
  for (Call& call : batch) call.error = try_to_commit({&call, 1});
}

// Null: it is committed. Otherwise it is undone.
std::exception_ptr DatabaseThread::try_to_commit(std::span<Call> calls) {
  try {
    commit(calls);
    return nullptr;
  } catch (...) {
    undo();
    return std::current_exception();
  }
}

void DatabaseThread::commit(std::span<Call> calls) {
  const bool writes = std::ranges::any_of(calls, [](const Call& call) { return call.access == Access::write; });
  database_->execute(writes ? "BEGIN IMMEDIATE" : "BEGIN");
  store_.begin();
  for (const Call& call : calls) {
    (*call.work)(store_);
    store_.flush();
  }
  database_->execute("COMMIT");
  Changes changes = store_.take_changes();
  if (changes.empty()) return;
  boost::asio::post(loop_, [board = board_, changes = std::move(changes)] { board->announce(changes); });
}

void DatabaseThread::undo() {
  store_.undone();
  if (!database_->in_transaction()) return;  // SQLite itself has undone it
  try {
    database_->execute("ROLLBACK");
  } catch (const SystemError&) {
    // The error that led here says more; the next BEGIN fails if this transaction is still open.
  }
}

// The calls are moved to the loop, so that what hangs on their handlers never dies on this thread.
void DatabaseThread::answer(Batch batch) {
  boost::asio::post(loop_, [batch = std::move(batch)] {
    for (const Call& call : batch) call.resume(call.error);
  });
}

void DatabaseThread::look_at_others() {
  try {
    const std::int64_t version = database_->number("PRAGMA data_version");
    if (version == std::exchange(data_version_, version)) return;
  } catch (const SystemError&) {
    return;  // whoever calls next is told
  }
  boost::asio::post(loop_, [board = board_] { board->announce_anything(); });
}

}  // namespace docmill::sqlite
