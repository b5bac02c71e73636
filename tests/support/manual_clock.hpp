// A clock that stands still until a test moves it.
#pragma once

#include <atomic>

#include "runtime/clock.hpp"

namespace docmill::test {

class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint{now_.load()}; }
  void advance(Millis by) { now_ += by.count(); }

 private:
  std::atomic<Millis::rep> now_ = 1'700'000'000'000;  // some day in 2023
};

}  // namespace docmill::test
