#include "tests/model/tape.hpp"

#include <algorithm>
#include <array>

#include "tests/model/dice.hpp"

namespace docmill::test {
namespace {

struct Weight {
  Action action;
  int weight;
};

constexpr std::array weights{
    Weight{Action::submit, 8}, Weight{Action::create, 4},       Weight{Action::add, 5},
    Weight{Action::seal, 4},   Weight{Action::commit, 10},      Weight{Action::exchange, 40},
    Weight{Action::renew, 7},  Weight{Action::cancel, 2},       Weight{Action::pause, 3},
    Weight{Action::resume, 5}, Weight{Action::retry_failed, 4}, Weight{Action::status, 4},
    Weight{Action::remove, 3}, Weight{Action::advance, 14},     Weight{Action::deliver, 4},
    Weight{Action::repeat, 5}, Weight{Action::node_dies, 2},    Weight{Action::register_node, 2},
};

Action draw_action(Dice& dice) {
  int total = 0;
  for (const Weight& one : weights) total += one.weight;
  int left = dice.between(0, total - 1);
  for (const Weight& one : weights) {
    if (left < one.weight) return one.action;
    left -= one.weight;
  }
  return weights.back().action;
}

}  // namespace

Tape make_tape(std::uint64_t seed, std::size_t length) {
  Dice dice(seed);
  Tape tape;
  while (tape.size() < length) {
    const Action action = draw_action(dice);
    tape.push_back({.action = action, .seed = dice.draw()});
  }
  return tape;
}

Tape shrink(Tape tape, const std::function<bool(const Tape&)>& fails, int budget) {
  for (std::size_t stretch = std::max<std::size_t>(tape.size() / 2, 1); stretch > 0;) {
    bool shorter = false;
    for (std::size_t from = 0; from < tape.size() && budget > 0; --budget) {
      Tape candidate(tape.begin(), tape.begin() + static_cast<std::ptrdiff_t>(from));
      const std::size_t to = std::min(tape.size(), from + stretch);
      candidate.insert(candidate.end(), tape.begin() + static_cast<std::ptrdiff_t>(to), tape.end());
      if (fails(candidate)) {
        tape = std::move(candidate);
        shorter = true;
      } else {
        from += stretch;
      }
    }
    // At single steps, go round again until no step can be left out.
    if (stretch > 1 || !shorter || budget <= 0) stretch /= 2;
  }
  return tape;
}

}  // namespace docmill::test
