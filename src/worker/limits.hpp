// What this process may use at most, and all that it starts.
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace docmill {

// `resource`: one of RLIMIT_…; the unit of `most` is that of getrlimit(2). Lowering a limit never fails.
inline void set_limit(decltype(RLIMIT_DATA) resource, std::uint64_t most) {
  const rlimit limit{most, most};
  ::setrlimit(resource, &limit);
}

}  // namespace docmill
