// What `docmill worker` does: a node without a job of its own, until it is told to end.
#pragma once

#include "core/config.hpp"
#include "system/parts.hpp"

namespace docmill::cli {

struct WorkerOrder {
  QueuePlace queue;
  std::filesystem::path data_directory;
};

// Returns the exit status. A queue that cannot be reached is asked again and again, also at the start. Stop,
// SystemError: it cannot work at all.
int work(const WorkerOrder& order, const Config& config);

}  // namespace docmill::cli
