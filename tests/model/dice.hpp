// Dice: seeded draws that are the same everywhere (the distributions of <random> are not).
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace docmill::test {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t draw() { return engine_(); }
  // From 0 to limit - 1.
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  // Both ends included.
  int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low) + 1)); }
  bool chance(int percent) { return below(100) < static_cast<std::uint64_t>(percent); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace docmill::test
