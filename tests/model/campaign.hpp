// A campaign plays many histories and reports the first that fails, at its shortest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/model/duel.hpp"

namespace docmill::test {

struct Campaign {
  // DOCMILL_MODEL_SEED, or 1: histories are numbered from here, and each number makes one history.
  std::uint64_t first_seed = 1;
  // DOCMILL_MODEL_HISTORIES, or what the test asks for.
  std::uint64_t histories = 1;
};

Campaign campaign_of(std::uint64_t histories);

struct Failure {
  std::uint64_t seed = 0;
  std::size_t steps = 0;  // of the shortest history that still fails
  std::string report;     // for a person: seed, steps, disagreement
};

// The first failing history of the campaign, shrunk; nothing when model and broker agree throughout.
std::optional<Failure> find_failure(const Campaign& campaign, const OpenBrokers& open);

}  // namespace docmill::test
