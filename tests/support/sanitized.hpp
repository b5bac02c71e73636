// Whether this is a build with sanitizers. They handle failed allocations and crashes themselves, and reserve terabytes
// of addresses: what limits memory, or dies of its limit, cannot be tested there.
#pragma once

namespace docmill::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace docmill::test
