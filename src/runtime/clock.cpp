#include "runtime/clock.hpp"

namespace docmill {

TimePoint SystemClock::now() const {
  return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch());
}

std::chrono::nanoseconds SystemClock::monotonic() const { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace docmill
