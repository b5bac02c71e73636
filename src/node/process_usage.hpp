// What a process uses, from /proc.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace docmill {

// Bytes of private memory of a process that may be over `limit` (0: none): cheap as long as a rough figure, which
// counts what a fork shares with its parent too, stays below; exact above. nullopt: no such process, or /proc is not
// readable.
std::optional<std::uint64_t> private_memory(pid_t pid, std::uint64_t limit);

struct ProcessorUse {
  std::chrono::nanoseconds time;  // on cores, of all threads, exact to a tick of the kernel (10 ms)
  bool runnable;                  // on a core, or waiting for one: not asleep, not at a disk
};

// nullopt: no such process, or /proc is not readable. (The queueing time in /proc/PID/schedstat would say more, but not
// before the process gets its core.)
std::optional<ProcessorUse> processor_use(pid_t pid);

}  // namespace docmill
