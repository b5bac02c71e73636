// Time as an object, so that tests can move it. Nothing outside runtime and main reads a clock of its own.
#pragma once

#include <chrono>

#include "core/job.hpp"

namespace docmill {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since the Unix epoch. May be called from any thread.
  virtual TimePoint now() const = 0;
  // Time since some fixed moment, for measuring how long things take: unlike now() it never jumps when somebody sets
  // the date. May be called from any thread.
  virtual std::chrono::nanoseconds monotonic() const { return now(); }
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  std::chrono::nanoseconds monotonic() const override;
};

}  // namespace docmill
