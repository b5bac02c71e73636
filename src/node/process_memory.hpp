// What a process has to itself, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace docmill {

// Bytes of private memory of a process that may be over `limit` (0: none): cheap as long as a rough figure, which
// counts what a fork shares with its parent too, stays below; exact above. nullopt: no such process, or /proc is not
// readable.
std::optional<std::uint64_t> private_memory(pid_t pid, std::uint64_t limit);

}  // namespace docmill
