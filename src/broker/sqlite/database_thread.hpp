// DatabaseThread: runs calls on the store, those that wait together in one transaction, and answers after its commit.
//
// Threads: run() and watch_others() belong to the loop; the store to the thread inside. The loop outlives this.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "broker/sqlite/change_board.hpp"
#include "broker/sqlite/database.hpp"
#include "broker/sqlite/store.hpp"

namespace docmill::sqlite {

class DatabaseThread {
 public:
  enum class Access { read, write };
  using Work = std::function<void(Store&)>;

  // Announces on `board` what the transactions change; shared, because answers may be on the loop after this has gone.
  DatabaseThread(boost::asio::io_context& loop, std::unique_ptr<Database> database, const Clock& clock,
                 bool strict_scheduling, std::shared_ptr<ChangeBoard> board);
  // Does what is queued first.
  ~DatabaseThread();

  // Runs `work` in a transaction, on the other thread; it may be run twice, of which the first was undone. Suspends
  // until it is committed; throws the SystemError that prevented it.
  boost::asio::awaitable<void> run(Access access, const Work& work);

  // While watched (calls nest), changes by other processes are looked for and announced.
  void watch_others(bool watched);

 private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  struct Call {
    Access access;
    const Work* work;
    std::function<void(std::exception_ptr)> resume;
    WorkGuard keeps_loop_running;
    std::exception_ptr error;
  };
  using Batch = std::vector<Call>;

  void enqueue(Call call);
  void loop_over_batches();
  Batch next_batch();
  void execute(Batch& batch);
  std::exception_ptr try_to_commit(std::span<Call> calls);
  void commit(std::span<Call> calls);
  void undo();
  void answer(Batch batch);
  void look_at_others();

  boost::asio::io_context& loop_;
  const std::shared_ptr<ChangeBoard> board_;
  std::unique_ptr<Database> database_;
  Store store_;
  std::int64_t data_version_;  // changes when another connection has committed

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Call> queue_;
  int watchers_ = 0;
  bool stopping_ = false;

  std::thread thread_;  // last: uses all of the above
};

}  // namespace docmill::sqlite
