// Which brokers keep the contract. A new one is added here and nowhere else.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "broker/redis/redis_broker.hpp"
#include "broker/sqlite/sqlite_broker.hpp"
#include "tests/conformance/durability.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/model/model_broker.hpp"
#include "tests/support/redis_server.hpp"

namespace docmill::test {
namespace {

std::unique_ptr<Broker> open_model(boost::asio::io_context&, const Clock& clock, const std::filesystem::path&,
                                   BrokerSettings settings) {
  return std::make_unique<ModelBroker>(clock, settings.strict_scheduling);
}

std::unique_ptr<Broker> open_sqlite(boost::asio::io_context& loop, const Clock& clock,
                                    const std::filesystem::path& directory, BrokerSettings settings) {
  SqliteOptions options;
  options.path = directory / "broker.db";
  options.strict_scheduling = settings.strict_scheduling;
  // The death of processes is what is tested here, and waiting for the disk would take most of the time.
  options.durability = SqliteOptions::Durability::normal;
  return open_sqlite_broker(loop, clock, std::move(options));
}

// A namespace for each directory: what is opened again is what was left there.
std::unique_ptr<Broker> open_on(const RedisServer& server, boost::asio::io_context& loop, const Clock& clock,
                                const std::filesystem::path& directory, BrokerSettings settings) {
  RedisOptions options;
  options.url = redis::parse_url(server.url()).value();
  options.name_space = directory.filename();
  options.strict_scheduling = settings.strict_scheduling;
  options.clock = &clock;
  return open_redis_broker(loop, std::move(options));
}

// One server for all tests of a process.
const RedisServer& shared_server() {
  static const RedisServer server;
  return server;
}

std::unique_ptr<Broker> open_redis(boost::asio::io_context& loop, const Clock& clock,
                                   const std::filesystem::path& directory, BrokerSettings settings) {
  return open_on(shared_server(), loop, clock, directory, settings);
}

// Another that keeps what it is told on the disk and is killed all the time: its clients must not notice but by
// waiting.
class DyingServer {
 public:
  DyingServer() : server_(options()), killer_([this](const std::stop_token& stop) { kill_until(stop); }) {}
  const RedisServer& server() const { return server_; }

 private:
  static RedisServerOptions options() {
    RedisServerOptions options;
    options.config = {"appendonly yes", "appendfsync always"};
    return options;
  }

  void kill_until(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    while (!never.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; })) {
      if (stop.stop_requested()) return;
      server_.restart();
    }
  }

  RedisServer server_;
  std::jthread killer_;
};

const RedisServer& dying_server() {
  static const DyingServer dying;
  return dying.server();
}

std::unique_ptr<Broker> open_dying_redis(boost::asio::io_context& loop, const Clock& clock,
                                         const std::filesystem::path& directory, BrokerSettings settings) {
  return open_on(dying_server(), loop, clock, directory, settings);
}

const BrokerFactory model{.name = "model", .durable = false, .open = open_model};
const BrokerFactory sqlite{.name = "sqlite", .durable = true, .open = open_sqlite};
const BrokerFactory redis_server{
    .name = "redis", .durable = true, .open = open_redis, .prepare = [] { shared_server(); }};
const BrokerFactory dying_redis{
    .name = "dying_redis", .durable = true, .open = open_dying_redis, .prepare = [] { dying_server(); }};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Brokers, BrokerConformance, testing::Values(model, sqlite, redis_server),
                         [](const auto& tested) { return tested.param.name; });
INSTANTIATE_TEST_SUITE_P(Brokers, BrokerDurability, testing::Values(sqlite, redis_server, dying_redis),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace docmill::test
