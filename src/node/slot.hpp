// Slot: the room for one worker at a time, and the coroutine that reads like its story: take a task, hand it over, wait
// for its result or its end, report, take the next.
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <vector>

#include "node/execution.hpp"
#include "node/lookahead.hpp"
#include "runtime/event.hpp"

namespace docmill {

// What the slots of a node share; all of it outlives them.
struct SlotContext {
  const ExecutionContext& execution;
  WorkerPool& pool;
  Ledger& ledger;
  Pace& pace;
  NodeObserver& observer;
  Event& changed;    // notified when something can be committed
  const int& slots;  // at work now
  std::uint64_t next_task_id = 0;
};

class Slot {
 public:
  explicit Slot(SlotContext& context) : context_(context) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // Runs tasks of the ledger until none waits. On every other way out, thrown errors and cancellation, what it had
  // taken is finished as released. SystemError: outputs cannot be written, workers cannot be started.
  boost::asio::awaitable<void> run();

  // Checks clocks and memory of the task that runs.
  void supervise();
  // The lease is lost: what belongs to it is killed and forgotten.
  void forget(Token token);
  // The job is paused: what belongs to the lease is killed and given back.
  void release(Token token);

  // Something of its own has been handed to a worker.
  bool busy() const { return !executions_.empty(); }

 private:
  // What is to happen to a task in place of what its worker says.
  struct Sentence {
    enum class Kind { none, failed, released, forgotten };
    Kind kind = Kind::none;
    Error error;
  };
  struct Entry {
    Entry(const ExecutionContext& context, Work work, std::uint64_t id) : execution(context, std::move(work), id) {}
    Execution execution;
    Sentence sentence;
    bool with_worker = false;  // not before it is handed over, nor while its outputs are being published
  };

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> find_worker(WorkerSpec spec);
  boost::asio::awaitable<bool> open_entry(Work work);
  void hand_over(Entry& entry);
  void begin_front();
  boost::asio::awaitable<void> feed();
  boost::asio::awaitable<void> handle(WorkerEvent event);
  void on(const protocol::Progress& progress);
  void on(const protocol::WantArtifact& want);
  void on(const protocol::WantEntry& want);
  void on(const protocol::KeepEntry& keep);
  bool runs(std::uint64_t id) const;  // the task that is at work now
  boost::asio::awaitable<void> on_result(protocol::TaskResult result);
  boost::asio::awaitable<void> on_end(WorkerGone gone);
  boost::asio::awaitable<void> complete_front(protocol::TaskResult result);
  void fail_front(Error error, const WorkerGone& gone);
  bool go_on_without_page(const Error& error, bool retryable);
  void put_back_all_but_front();
  void settle_front(Completion completion);
  void drop_front();
  void condemn(Token token, Sentence::Kind kind);
  void kill_worker();
  void part_with_worker();
  void abandon();
  bool fits_worker(const Work& work) const;
  WorkerSpec spec_of(const Work& work) const;

  SlotContext& context_;
  std::list<Entry> executions_;  // the first one runs; the others were sent ahead
  std::unique_ptr<Worker> worker_;
  WorkerSpec worker_spec_;
  std::shared_ptr<const JobSpec> worker_job_;  // what worker_spec_ was made of
  bool killed_ = false;                        // it ends for the sake of the task that ran then, and takes no more
  int worker_tasks_ = 0;                       // given to this worker
  std::chrono::nanoseconds busy_since_{};      // taking a task, or the last result
  int results_ = 0;                            // since then
};

}  // namespace docmill
