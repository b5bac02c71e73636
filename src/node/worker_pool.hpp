// WorkerPool and Worker: what a node needs of the processes that do the work. The seam where tests put workers of their
// own; ForkServerPool is the real one. One event loop; not thread-safe.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/descriptor.hpp"
#include "protocol/protocol.hpp"

namespace docmill {

// What a worker is started for: it can run any task that needs the same.
struct WorkerSpec {
  std::string pipeline;
  std::string options = "{}";
  std::uint64_t memory_limit = 0;  // bytes, a hard stop; 0: none
  std::uint64_t output_limit = 0;  // bytes of one file; 0: none

  bool operator==(const WorkerSpec&) const = default;
};

// The last thing that is heard of a worker: its process has ended.
struct WorkerGone {
  int status = 0;            // as waitpid gives it; 0 with `server_died`
  bool server_died = false;  // not its own fault: the fork server ended and took it along
  std::string broken;        // it was killed because it broke the protocol: how
  double cpu_seconds = 0;    // of its whole life
  std::uint64_t peak_memory = 0;
};

using WorkerEvent = std::variant<protocol::Progress, protocol::WantArtifact, protocol::WantEntry, protocol::KeepEntry,
                                 protocol::TaskResult, WorkerGone>;

// The answer to WantEntry.
struct EntryAnswer {
  bool found = false;
  Descriptor file;  // to read what was found, or else to write it to; empty: nothing is kept
};

class Worker {
 public:
  // Lets it go: an idle worker ends by itself, a busy one is killed. Nobody may wait for its events any more.
  virtual ~Worker() = default;

  // May be sent ahead of earlier results; they are run in order. Never waits.
  virtual void send(const protocol::Task& task, std::vector<Descriptor> descriptors) = 0;
  // The answer to WantArtifact; an empty descriptor refuses.
  virtual void send_artifact(Descriptor file) = 0;
  virtual void send_entry(EntryAnswer answer) = 0;
  // WorkerGone follows.
  virtual void kill() = 0;
  virtual int pid() const = 0;

  // Waits until something has happened; in order, never empty. WorkerGone is the last of all.
  virtual boost::asio::awaitable<std::vector<WorkerEvent>> events() = 0;
};

class WorkerPool {
 public:
  virtual ~WorkerPool() = default;

  // A worker without work, alive a moment ago. May start what is needed for it and wait for that.
  // SystemError: overloaded (no process left: try later), misconfigured (workers cannot be started at all).
  virtual boost::asio::awaitable<std::unique_ptr<Worker>> acquire(WorkerSpec spec) = 0;

  // So many workers like this will be wanted soon: have them ready, if workers can be had at present.
  virtual void expect(const WorkerSpec& spec, int count) = 0;

  // A worker without work that can take more.
  virtual void give_back(std::unique_ptr<Worker> worker, const WorkerSpec& spec) = 0;

  // A task was finished by one of its workers: what makes them die, if something does, is not the pool.
  virtual void task_succeeded() = 0;

  // Regular upkeep, a few times a second while tasks run and now and then while none does.
  virtual void tick() = 0;

  // Processes of workers now, idle ones among them.
  virtual int processes() const = 0;

  // Kills all that is left and waits for its end. All workers must have been let go.
  virtual boost::asio::awaitable<void> close() = 0;
};

}  // namespace docmill
