// Pauses between repetitions, and how long one goes on repeating.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include "runtime/clock.hpp"

namespace docmill::redis {

// Exponential, with full jitter: clients that lost the same server do not come back in step.
class Backoff {
 public:
  using Millis = std::chrono::milliseconds;

  Backoff(Millis first, Millis longest)
      : random_(std::random_device()()), first_(first), longest_(longest), bound_(first) {}

  Millis next() {
    std::uniform_int_distribution<Millis::rep> pause(0, bound_.count());
    const Millis result(pause(random_));
    bound_ = std::min(bound_ * 2, longest_);
    return result;
  }

  void start_anew() { bound_ = first_; }

 private:
  std::minstd_rand random_;
  const Millis first_;
  const Millis longest_;
  Millis bound_;
};

// How much is left of an amount of time that may be without end (Millis::max()).
class Patience {
 public:
  using Millis = std::chrono::milliseconds;

  Patience(const Clock& clock, Millis amount) : clock_(clock), amount_(amount), begin_(clock.monotonic()) {}

  bool spent() const { return left() <= Millis::zero(); }
  // At most an hour, so that it can be added to any moment; ask again then.
  Millis left() const {
    constexpr Millis longest_wait = std::chrono::hours(1);
    if (amount_ == Millis::max()) return longest_wait;
    return std::min(longest_wait, amount_ - std::chrono::duration_cast<Millis>(clock_.monotonic() - begin_));
  }
  Millis amount() const { return amount_; }

 private:
  const Clock& clock_;
  const Millis amount_;
  const std::chrono::nanoseconds begin_;
};

}  // namespace docmill::redis
