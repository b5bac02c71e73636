// The broker for many machines: a Redis (from 7.0) or Valkey server that any number of nodes share.
//
// Each call is one function that runs in the server as a whole or not at all (docs/design/redis-store.md), so one round
// trip. What is answered survives the death of every docmill process; what survives the death of the server is up to
// its persistence.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "broker/broker.hpp"
#include "redis/client.hpp"
#include "redis/url.hpp"
#include "runtime/clock.hpp"

namespace docmill {

struct RedisOptions {
  redis::Url url;
  std::string name_space = "default";  // jobs and nodes of different ones do not see each other; no braces in it
  bool strict_scheduling = false;      // higher priorities always first, instead of fair shares
  int min_replicas = 0;                // that must confirm what was submitted or completed before the call returns
  Millis replica_timeout{1'000};
  redis::ClientOptions client;

  // For tests, which move the time and play a history twice. Without them: the server's clock, and chance.
  const Clock* clock = nullptr;
  std::function<JobId()> draw_job_id;
};

// Connects with the first call. `loop` must outlive the broker, and every call must have been answered before it goes.
//
// Calls throw SystemError as redis::Client does: unavailable, overloaded (the server's memory is full), misconfigured;
// the latter also where the server is used by another version of docmill. Throws misconfigured for a name_space with
// braces.
std::unique_ptr<Broker> open_redis_broker(boost::asio::io_context& loop, RedisOptions options);

}  // namespace docmill
