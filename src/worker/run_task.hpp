// TaskRunner: from a task of the protocol to the processors of its pipeline.
#pragma once

#include <span>

#include "core/descriptor.hpp"
#include "processors/processor.hpp"
#include "protocol/protocol.hpp"
#include "worker/noop.hpp"

namespace docmill {

class TaskRunner {
 public:
  // `socket`: the worker's own.
  explicit TaskRunner(int socket) : socket_(socket) {}

  // Whether run() ends at once and for sure.
  bool is_instant(const protocol::Task& task);

  // `descriptors`: as they came with the task, as many as it needs. invalid_option: no such pipeline. Exceptions of the
  // processors pass through.
  Result<TaskOutput> run(const protocol::Task& task, std::span<const Descriptor> descriptors, TaskContext& context);

 private:
  int socket_;
  Noop noop_;
};

// How many descriptors must come with the task.
std::size_t descriptors_of(const protocol::Task& task);

// Loads what tasks of this pipeline need into this process, to be shared by its forks. Its failure is no one's yet:
// each task meets and reports it again.
void warm_up_for(std::string_view pipeline, std::string_view options);

}  // namespace docmill
