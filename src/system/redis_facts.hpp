// What a Redis server says about itself, for `docmill doctor`.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "core/config.hpp"

namespace docmill {

struct RedisFacts {
  std::string version;             // "7.0.15"; of Valkey the version of Redis that it is compatible with
  int major = 0;                   // of it
  bool append_only = false;        // appendonly yes
  std::string snapshots;           // `save` of its configuration; empty: none, or it does not say
  std::uint64_t memory_limit = 0;  // bytes; 0: none
  std::string memory_policy;       // maxmemory-policy
  std::optional<int> library;      // version of docmill's functions there; none: not loaded yet
  int our_library = 0;             // the version that this docmill wants
};

// Throws SystemError as the broker does when the server cannot be reached within redis.patience, or lets us not in.
boost::asio::awaitable<RedisFacts> ask_redis(boost::asio::io_context& loop, const Config& config, std::string url);

}  // namespace docmill
