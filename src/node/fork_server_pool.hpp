// ForkServerPool: workers forked from a process that has loaded libraries and models once (docmill-worker
// --fork-server).
//
// The fork server is started with the first task and again whenever it has died, with growing pauses. One that dies
// again and again before any task could be finished is a broken installation: acquire() throws.
#pragma once

#include <deque>
#include <map>

#include "node/forked_worker.hpp"
#include "node/worker_pool.hpp"
#include "runtime/child_process.hpp"
#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"

namespace docmill {

class ForkServerPool final : public WorkerPool {
 public:
  // `executable`: docmill-worker. `clock` must outlive the pool; close() must have returned before the pool goes away,
  // unless nothing was ever acquired.
  ForkServerPool(const boost::asio::any_io_executor& loop, const Clock& clock, std::string executable)
      : loop_(loop), clock_(clock), executable_(std::move(executable)), group_(loop) {}

  boost::asio::awaitable<std::unique_ptr<Worker>> acquire(WorkerSpec spec) override;
  void expect(const WorkerSpec& spec, int count) override;
  void give_back(std::unique_ptr<Worker> worker, const WorkerSpec& spec) override;
  void task_succeeded() override { deaths_ = 0; }
  void tick() override;
  int processes() const override { return static_cast<int>(children_.size()); }
  boost::asio::awaitable<void> close() override;

 private:
  struct Server {
    Server(const boost::asio::any_io_executor& loop, const std::string& executable, SocketPair sockets);
    ChildProcess process;
    FrameSocket socket;
  };
  struct Child {
    std::shared_ptr<ForkedProcess> process;
    std::optional<std::chrono::nanoseconds> overdue_since;  // it should have ended by itself since then
  };
  struct Idle {
    WorkerSpec spec;
    std::unique_ptr<Worker> worker;
    std::chrono::nanoseconds since{};
  };
  class ForkedWorker;

  boost::asio::awaitable<void> ensure_server();
  boost::asio::awaitable<void> serve(Server& server);
  void handle(const ReceivedFrame& frame);
  void server_ended(int status);
  std::shared_ptr<ForkedProcess> order_fork(const WorkerSpec& spec);
  std::unique_ptr<Worker> take_idle(const WorkerSpec& spec);
  void check_overdue(std::chrono::nanoseconds now);

  const boost::asio::any_io_executor loop_;
  const Clock& clock_;
  const std::string executable_;

  TaskGroup group_;
  std::unique_ptr<Server> server_;
  std::map<std::uint64_t, Child> children_;  // by number, until they have ended
  std::uint64_t last_number_ = 0;
  std::deque<Idle> idle_;
  int deaths_ = 0;  // of fork servers since a task was finished
  std::string last_death_;
  std::chrono::nanoseconds restart_at_{};
  bool closing_ = false;
};

}  // namespace docmill
