// A tape is a random history: a list of steps that are carried out one after the other. Each step draws its details
// from a seed of its own, relative to what is there when it runs, so that a tape from which steps were removed still
// makes sense: this is what shrinking a failing tape rests on.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace docmill::test {

enum class Action {
  submit,  // create, add, seal in one go
  create,
  add,
  seal,
  exchange,  // some completions of every kind, some leases
  commit,    // all tasks of one lease are done
  renew,
  cancel,
  pause,
  resume,
  retry_failed,
  status,
  remove,
  advance,    // the clock
  deliver,    // a call that was held up in the network
  repeat,     // an old call of a node that slept
  node_dies,  // and is replaced by another
  register_node,
};

struct Step {
  Action action;
  std::uint64_t seed;
};
using Tape = std::vector<Step>;

Tape make_tape(std::uint64_t seed, std::size_t length);

// The shortest tape found for which `fails` still holds, by leaving out ever smaller stretches of `tape`. Plays at
// most `budget` tapes.
Tape shrink(Tape tape, const std::function<bool(const Tape&)>& fails, int budget);

}  // namespace docmill::test
