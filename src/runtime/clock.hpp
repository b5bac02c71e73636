// Time as an object, so that tests can move it. Nothing outside runtime and main reads a clock of its own.
#pragma once

#include "core/job.hpp"

namespace docmill {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since the Unix epoch. May be called from any thread.
  virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
};

}  // namespace docmill
