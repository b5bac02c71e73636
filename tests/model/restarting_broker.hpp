// A broker whose server is killed and started again, now and then, before a call.
#pragma once

#include <memory>
#include <utility>

#include "tests/model/dice.hpp"
#include "tests/support/forwarding_broker.hpp"
#include "tests/support/redis_server.hpp"

namespace docmill::test {

class RestartingBroker final : public ForwardingBroker {
 public:
  RestartingBroker(std::shared_ptr<Broker> inner, RedisServer& server, std::uint64_t seed)
      : ForwardingBroker(std::move(inner)), server_(server), dice_(seed) {}

  awaitable<Result<CreatedJob>> create(CreateJob request) override {
    maybe_restart();
    return ForwardingBroker::create(std::move(request));
  }
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    maybe_restart();
    return ForwardingBroker::exchange(std::move(request));
  }
  awaitable<Status> cancel(JobId job) override {
    maybe_restart();
    return ForwardingBroker::cancel(std::move(job));
  }
  awaitable<Result<bool>> remove(JobId job) override {
    maybe_restart();
    return ForwardingBroker::remove(std::move(job));
  }

 private:
  void maybe_restart() {
    if (dice_.chance(7)) server_.restart();
  }

  RedisServer& server_;
  Dice dice_;
};

}  // namespace docmill::test
