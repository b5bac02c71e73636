// The limits of one task and the clocks that follow its pages, as plain values: what is over, and how to say it.
#pragma once

#include <chrono>
#include <optional>

#include "core/result.hpp"
#include "node/node.hpp"
#include "node/process_usage.hpp"
#include "node/worker_pool.hpp"

namespace docmill {

// One execution of a task. Times are Clock::monotonic().
class TaskClock {
 public:
  // The work starts now: not when the task was leased or handed over while another one ran.
  TaskClock(const NodeOptions& options, std::chrono::nanoseconds now)
      : options_(&options), started_(now), last_progress_(now) {}

  void progress(const protocol::Progress& progress, std::chrono::nanoseconds now);
  // What the worker's process uses, now and then. Time in which it waits for a core does not count: on a machine with
  // too much to do, good documents would be out of time.
  void sample(const ProcessorUse& use, std::chrono::nanoseconds now);

  // timeout: over the time that the pages so far give it, or without progress for too long.
  std::optional<Error> over_time(std::chrono::nanoseconds now) const;
  std::optional<Error> over_memory(std::uint64_t private_bytes) const;

  std::chrono::nanoseconds spent(std::chrono::nanoseconds now) const { return now - started_; }
  const protocol::Progress& at() const { return at_; }

 private:
  Millis budget() const;

  const NodeOptions* options_;  // outlives the clock
  // `now` on a clock that stands still while the worker waits for a core.
  std::chrono::nanoseconds counted(std::chrono::nanoseconds now) const { return now - lost_; }

  struct Sample {
    std::chrono::nanoseconds processor;
    std::chrono::nanoseconds now;
  };

  std::chrono::nanoseconds started_;
  std::chrono::nanoseconds last_progress_;  // counted()
  std::chrono::nanoseconds lost_{0};        // waiting for a core
  std::optional<Sample> last_sample_;
  protocol::Progress at_;
  double extra_megapixels_ = 0;  // beyond the first ten of each page
};

// "page 7 of 20: " or nothing.
std::string place(const protocol::Progress& at);

// What a worker's end without a result means for the task that it had.
Error death(const WorkerGone& gone, const protocol::Progress& at, const NodeOptions& options);

}  // namespace docmill
