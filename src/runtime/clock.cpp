#include "runtime/clock.hpp"

namespace docmill {

TimePoint SystemClock::now() const {
  return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace docmill
