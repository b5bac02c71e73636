// NodeCore: a node on a pool of workers that it is given, whatever those are; Node gives it forked ones.
#pragma once

#include <exception>
#include <list>

#include "node/slot.hpp"
#include "runtime/task_group.hpp"

namespace docmill {

class NodeCore {
 public:
  // All references must outlive it. `observer` may be null.
  NodeCore(const boost::asio::any_io_executor& loop, Broker& broker, ArtifactStore& artifacts, WorkerPool& pool,
           const Clock& clock, NodeOptions options, NodeObserver* observer);
  NodeCore(const NodeCore&) = delete;
  NodeCore& operator=(const NodeCore&) = delete;

  // As Node::run, drain, stop.
  boost::asio::awaitable<void> run();
  void drain();
  void stop();

  const NodeId& id() const { return id_; }
  NodeStatus status() const;

 private:
  // -- The lease loop (node_leasing.cpp): commits what is finished and takes what is next, until the end.
  boost::asio::awaitable<void> lease_loop();
  boost::asio::awaitable<void> exchange(int want);
  boost::asio::awaitable<ExchangeReply> ask_broker(const Exchange& request);
  bool is_hopeless(const Exchange& request, int attempts) const;
  boost::asio::awaitable<bool> all_my_jobs_ended();
  boost::asio::awaitable<void> give_back();
  boost::asio::awaitable<void> publish_failure(Finished finished);
  void account(const std::vector<Finished>& batch, const ExchangeReply& reply);
  int held() const { return static_cast<int>(ledger_.waiting() + ledger_.taken()); }
  int wanted() const;
  void dispatch();
  boost::asio::awaitable<void> rest();
  bool paused() const { return clock_.monotonic() < pause_end_; }

  // -- Beside it (node_core.cpp).
  boost::asio::awaitable<void> run_slot(std::list<Slot>::iterator slot);
  boost::asio::awaitable<void> scout();      // waits for work to arrive
  boost::asio::awaitable<void> heartbeat();  // renews leases, registers the node
  boost::asio::awaitable<void> renew();
  boost::asio::awaitable<void> register_node();
  boost::asio::awaitable<void> unregister_node();
  bool has_news() const;                     // since it registered
  boost::asio::awaitable<void> supervise();  // clocks and memory of what runs
  void fail(std::exception_ptr error);
  void pause(const std::string& reason);

  const boost::asio::any_io_executor loop_;
  Broker& broker_;
  WorkerPool& pool_;
  const Clock& clock_;
  const NodeOptions options_;
  NodeObserver silent_;
  NodeObserver& observer_;
  const NodeId id_;

  Ledger ledger_;
  Pace pace_;
  Event changed_;  // something to commit, to lease or to end
  Event beat_;
  Event supervised_;
  Event scouted_;
  const ExecutionContext execution_;
  SlotContext slot_context_;
  std::list<Slot> slots_;
  int slot_count_ = 0;
  TaskGroup slot_group_;
  TaskGroup scout_group_;
  TaskGroup upkeep_group_;

  std::uint64_t sequence_ = 0;  // of our mutating calls
  bool dry_ = false;            // the broker had nothing for us when last asked
  bool starved_ = false;        // the same, and it stays so when it is time to ask again
  bool draining_ = false;
  bool stopped_ = false;
  bool ended_ = false;
  bool resting_ = false;  // the heartbeat waits long, since nothing is held
  bool broker_away_ = false;
  std::chrono::nanoseconds drain_end_{};
  std::chrono::nanoseconds pause_end_{};  // outputs cannot be written: nothing is leased until then
  std::exception_ptr failure_;
  NodeInfo info_;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace docmill
