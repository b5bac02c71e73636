// PrivateMemory: what this process owns itself, beyond what it shares with the process it was forked from.
//
// A fork inherits its parent's resident set, models and all, so ru_maxrss alone would charge every worker for them.
// Own peak = growth of the resident set since the start (its high-water mark is reset there) + the inherited pages
// that were copied because somebody wrote to them. Values are bytes; good to a few pages (the kernel counts in
// batches).
#pragma once

#include <cstdint>

namespace docmill {

class PrivateMemory {
 public:
  // Call right after the fork: what is resident now is the parent's.
  PrivateMemory();

  // The most that was owned at any moment so far. Cheap while little is touched, else it reads /proc/self/smaps_rollup.
  std::uint64_t peak();

 private:
  std::uint64_t at_start_ = 0;
  std::uint64_t measured_at_ = 0;  // number of page faults when copied_ was read
  std::uint64_t copied_ = 0;
};

// Bytes of anonymous memory of this process that its next fork will inherit (resident less file-backed).
std::uint64_t inheritable_memory();

// Bytes that RLIMIT_DATA counts: private writable mappings, touched or not. Async-signal-safe; 0 if /proc is not there.
std::uint64_t data_size();

}  // namespace docmill
