// How a Redis server is reached, from a configuration.
#pragma once

#include <string>

#include "broker/redis/redis_broker.hpp"
#include "core/config.hpp"

namespace docmill {

// The keys redis.* for the server at `url`; what the address itself says about TLS goes before them. SystemError
// (misconfigured): it is no address of a server.
RedisOptions redis_options(const Config& config, const std::string& url);

}  // namespace docmill
