// Random histories against the Redis broker: one client, several on one namespace, and a server that is killed and
// started again in their midst.
#include <gtest/gtest.h>

#include "broker/redis/redis_broker.hpp"
#include "tests/model/campaign.hpp"
#include "tests/model/restarting_broker.hpp"
#include "tests/support/redis_server.hpp"

namespace docmill::test {
namespace {

class RedisHistories : public testing::Test {
 protected:
  static RedisServerOptions settings(std::vector<std::string> config) {
    RedisServerOptions options;
    options.config = std::move(config);
    return options;
  }

  // Each history gets an empty server, opened `count` times.
  OpenBrokers open(RedisServer& server, int count) {
    return [&server, count](boost::asio::io_context& loop, const Clock& clock, const History& history) {
      server.command({"FLUSHALL"});
      RedisOptions options;
      options.url = redis::parse_url(server.url()).value();
      options.strict_scheduling = history.strict_scheduling;
      options.clock = &clock;
      // Job ids decide how long a retry waits: the same history must draw the same ones.
      options.draw_job_id = [dice = std::make_shared<Dice>(history.seed)] {
        JobId id;
        for (int i = 0; i < 16; ++i) id.value += static_cast<char>(dice->between('a', 'z'));
        return id;
      };
      std::vector<std::unique_ptr<Broker>> brokers;
      for (int i = 0; i < count; ++i) brokers.push_back(open_redis_broker(loop, options));
      return brokers;
    };
  }
};

TEST_F(RedisHistories, AgreeWithTheModel) {
  RedisServer server;
  const std::optional<Failure> failure = find_failure(campaign_of(400), open(server, 1));
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

TEST_F(RedisHistories, AgreeWithTheModelThroughThreeClientsOfOneNamespace) {
  RedisServer server;
  const std::optional<Failure> failure = find_failure(campaign_of(300), open(server, 3));
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

TEST_F(RedisHistories, AgreeWithTheModelWhileTheServerIsKilledAndStartedAgain) {
  RedisServer server(settings({"appendonly yes", "appendfsync always"}));
  const auto restarting = [&](boost::asio::io_context& loop, const Clock& clock, const History& history) {
    std::vector<std::unique_ptr<Broker>> brokers = open(server, 2)(loop, clock, history);
    for (auto& broker : brokers) {
      broker = std::make_unique<RestartingBroker>(std::move(broker), server, history.seed);
    }
    return brokers;
  };
  const std::optional<Failure> failure = find_failure(campaign_of(24), restarting);
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

// A cluster refuses a function that touches a key which was not passed, or keys of several slots.
TEST_F(RedisHistories, AgreeWithTheModelOnACluster) {
  RedisServer server(settings({"cluster-enabled yes"}));
  server.command({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"});
  server.wait_for({"CLUSTER", "INFO"}, "cluster_state:ok");
  const std::optional<Failure> failure = find_failure(campaign_of(40), open(server, 2));
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

TEST_F(RedisHistories, AreTheSameForTheSameSeed) {
  RedisServer server;
  const auto play = [&] {
    Duel duel(open(server, 2), 3);
    EXPECT_FALSE(duel.play(make_tape(3, 80)));
    return duel.log();
  };
  EXPECT_EQ(play(), play());
}

}  // namespace
}  // namespace docmill::test
