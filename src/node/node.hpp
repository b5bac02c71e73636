// Node: leases tasks from a broker, has them run by worker processes, and commits their results.
//
// One event loop. run() is the story; one coroutine per worker slot reads: take a task, hand it over, wait for its
// result or a limit, report. The node renews its leases, never the workers (a busy worker cannot starve its own
// heartbeat).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "core/job.hpp"
#include "node/artifact_store.hpp"
#include "runtime/clock.hpp"

namespace docmill {

class PageCache;
class SourceFetcher;

enum class Isolation {
  document,  // a fresh process for every task (default)
  worker,    // a process is kept for many small tasks
};

struct NodeOptions {
  std::string worker_executable;  // docmill-worker
  int workers = 1;                // processes that run at once, at most; started when there is work
  Isolation isolation = Isolation::document;
  int part_pages = 32;              // split longer documents; 0: never
  int max_tasks_per_worker = 1000;  // isolation worker: replaced after so many tasks
  std::vector<std::string> offers;  // what it can do, in words (core/needs.hpp); empty: everything

  // Limits of one task. Over one: the worker is killed, the error names limit and page.
  Millis task_timeout{0};                     // 0: base + per page, see page_timeout
  Millis base_timeout{60'000};                // opening, splitting, writing
  Millis page_timeout{60'000};                // added per page of the task, and per 10 megapixels of it
  Millis stall_timeout{120'000};              // without any progress
  std::uint64_t memory_limit = 2ULL << 30U;   // bytes of private memory
  std::uint64_t output_limit = 16ULL << 30U;  // bytes of one artifact
  std::size_t result_limit = 0;               // bytes of a record in the broker, see record.hpp; 0: none
  int max_pages = 0;                          // of one document; 0: none
  std::uint64_t max_pixels = 250'000'000;

  Millis lease_time{30'000};
  Millis heartbeat{500};         // renewal; cancel and pause take hold within it
  Millis drain_timeout{30'000};  // after drain(): then what runs is abandoned
  Millis hedge_after{0};         // with idle workers and nothing that waits: run what others hold for so long. 0: never
  bool stop_when_idle = false;   // run() returns when the broker has no unfinished job for it (the command `run`)
  // Outputs cannot be written at present (a full disk): 0: run() throws; else nothing is leased for so long, and then
  // it is tried again. What ran goes back to the queue, without an attempt spent.
  Millis output_pause{0};
  SourceFetcher* fetcher = nullptr;  // for documents behind addresses; outlives the node. Null: local files only
  PageCache* page_cache = nullptr;   // of what was recognised; outlives the node. Null: nothing is kept
};

// Told what happens, for a progress bar or log. Called on the event loop; must not block or throw.
class NodeObserver {
 public:
  virtual ~NodeObserver() = default;
  virtual void task_started(const Lease& /*lease*/, const LeasedTask& /*task*/) {}
  virtual void task_progress(const Lease& /*lease*/, const LeasedTask& /*task*/, int /*pages*/, int /*finished*/) {}
  // What was reported to the broker (done, failed, split, released) and accepted by it.
  virtual void task_finished(const Lease& /*lease*/, const LeasedTask& /*task*/, const Completion& /*completion*/) {}
  // Something the user should know: a worker died, the broker is away, outputs cannot be written.
  virtual void notice(const std::string& /*message*/) {}
};

struct NodeStatus {
  int workers = 0;  // processes now
  int busy = 0;
  int leased = 0;  // tasks held, running or waiting here
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
};

class Node {
 public:
  // All references must outlive the node. `observer` may be null.
  Node(boost::asio::io_context& loop, Broker& broker, ArtifactStore& artifacts, const Clock& clock, NodeOptions options,
       NodeObserver* observer);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  // Works until drained or stopped, or idle with stop_when_idle. Throws SystemError where the world fails for good (the
  // broker's file gone or full; outputs that cannot be written at all: kind misconfigured). Leases are given back on
  // every way out.
  awaitable<void> run();

  // Stop leasing, give back what has not begun, finish what runs (or abandon it after drain_timeout). From the loop
  // only.
  void drain();
  // Kill what runs and give everything back, now.
  void stop();

  NodeId id() const;
  NodeStatus status() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace docmill
