// Why a job does not go on, where no node that is at work may be given its tasks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::cli {

// "a node with lang:deu"; nothing: there is a node for it, or nothing of it waits. `nodes`: those that are alive.
std::optional<std::string> what_it_waits_for(const JobStatus& job, const std::vector<NodeInfo>& nodes);

}  // namespace docmill::cli
