#include "tests/model/campaign.hpp"

#include <cstdlib>
#include <string>

namespace docmill::test {
namespace {

constexpr int shrink_budget = 600;  // tapes

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

std::string story(const Duel& duel, const std::string& disagreement) {
  std::string told;
  for (const std::string& line : duel.log()) told += "  " + line + "\n";
  return told + disagreement + "\n";
}

// `first` tells of the failure as it was met, for the case that it does not come again.
Failure shrink_failure(std::uint64_t seed, const Tape& tape, const std::string& first, const OpenBrokers& open) {
  const auto fails = [&](const Tape& candidate) { return Duel(open, seed).play(candidate).has_value(); };
  const Tape shortest = shrink(tape, fails, shrink_budget);
  Duel duel(open, seed);
  const std::optional<std::string> disagreement = duel.play(shortest);
  Failure failure{.seed = seed, .steps = shortest.size(), .report = {}};
  failure.report = "history " + std::to_string(seed) + " fails (DOCMILL_MODEL_SEED=" + std::to_string(seed) +
                   " DOCMILL_MODEL_HISTORIES=1 plays it again); ";
  if (disagreement) {
    failure.report += "at its shortest, " + std::to_string(shortest.size()) + " of " + std::to_string(tape.size()) +
                      " steps:\n" + story(duel, *disagreement);
  } else {
    failure.report += "not each time, so timing plays a part; as it was met:\n" + first;
  }
  return failure;
}

}  // namespace

Campaign campaign_of(std::uint64_t histories) {
  return {.first_seed = from_environment("DOCMILL_MODEL_SEED", 1),
          .histories = from_environment("DOCMILL_MODEL_HISTORIES", histories)};
}

std::optional<Failure> find_failure(const Campaign& campaign, const OpenBrokers& open) {
  for (std::uint64_t seed = campaign.first_seed; seed < campaign.first_seed + campaign.histories; ++seed) {
    const Tape tape = make_tape(seed, 20 + seed % 60);
    std::optional<std::string> first;
    {
      Duel duel(open, seed);
      if (const auto disagreement = duel.play(tape)) first = story(duel, *disagreement);
    }
    if (first) return shrink_failure(seed, tape, *first, open);
  }
  return std::nullopt;
}

}  // namespace docmill::test
