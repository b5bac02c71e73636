// The first words on a connection, and the search for the master through Sentinel.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "redis/connection.hpp"
#include "redis/url.hpp"

namespace docmill::redis {

enum class WantedRole { any, master };

struct Greeting {
  Credentials credentials;
  int database = 0;
  std::string client_name;
  WantedRole role = WantedRole::any;
  std::chrono::milliseconds timeout{};  // for connecting, and for the answers
};

// Connects and greets in one round trip. Throws SystemError: unavailable, misconfigured; the sentence does not name the
// server.
boost::asio::awaitable<std::shared_ptr<Connection>> open_connection(boost::asio::any_io_executor loop, Url url,
                                                                    Endpoint where, Greeting greeting,
                                                                    std::chrono::milliseconds reply_timeout);

// Asks the sentinels in turn, from the `first` on, where the master is. Throws SystemError: unavailable (none answers),
// misconfigured (those that answer know no such master, or let nobody in).
boost::asio::awaitable<Endpoint> find_master(boost::asio::any_io_executor loop, Url url, std::string client_name,
                                             std::chrono::milliseconds timeout, std::size_t first);

}  // namespace docmill::redis
