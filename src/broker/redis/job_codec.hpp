// Jobs as they are stored and told: JobSpec, which the functions keep without looking into it but for its digest, and
// JobStatus.
#pragma once

#include <string>
#include <string_view>

#include "broker/broker.hpp"
#include "broker/redis/wire.hpp"

namespace docmill::redis {

std::string pack_spec(const JobSpec& spec);
JobSpec unpack_spec(std::string_view packed);

JobStatus unpack_status(Reader& reader);

// What a node says of itself; `id` and `seen_at` are kept beside it.
std::string pack_node(const NodeInfo& node);
void unpack_node(std::string_view packed, NodeInfo& node);

}  // namespace docmill::redis
