// A master, a replica and a sentinel, all real.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/support/redis_server.hpp"
#include "tests/support/test_redis_client.hpp"

namespace docmill::redis {
namespace {

using test::RedisServer;
using test::RedisServerOptions;
using test::TestRedisClient;
using ::testing::HasSubstr;

RedisServerOptions data_server(const RedisServer* master) {
  RedisServerOptions options;
  options.tcp = true;
  options.config = {"repl-diskless-sync-delay 0", "requirepass secret", "masterauth secret"};
  options.password = "secret";
  if (master != nullptr) options.config.push_back("replicaof 127.0.0.1 " + std::to_string(master->port()));
  return options;
}

RedisServerOptions sentinel_of(const RedisServer& master) {
  RedisServerOptions options;
  options.sentinel = true;
  options.config = {"sentinel monitor mymaster 127.0.0.1 " + std::to_string(master.port()) + " 1",
                    "sentinel auth-pass mymaster secret", "sentinel down-after-milliseconds mymaster 300",
                    "sentinel failover-timeout mymaster 2000"};
  return options;
}

// A sentinel that sees both at its first look need not wait ten seconds for the second.
struct Servers {
  Servers() { master.wait_for({"INFO", "replication"}, "state=online"); }
  RedisServer master{data_server(nullptr)};
  RedisServer replica{data_server(&master)};
};

class RedisSentinel : public ::testing::Test {
 protected:
  std::string url(const std::string& name) const {
    const std::string nobody = "127.0.0.1:" + std::to_string(test::free_port());
    return "redis+sentinel://:secret@" + nobody + ",127.0.0.1:" + std::to_string(sentinel_.port()) + "/" + name;
  }
  std::string port_of(const RedisServer& server) const { return std::to_string(server.port()); }

  Servers servers_;
  RedisServer& master_ = servers_.master;
  RedisServer& replica_ = servers_.replica;
  const RedisServer sentinel_{sentinel_of(master_)};
};

TEST_F(RedisSentinel, the_client_follows_the_master) {
  sentinel_.wait_for({"SENTINEL", "replicas", "mymaster"}, "127.0.0.1:" + port_of(replica_));
  TestRedisClient client(url("mymaster"));
  const auto subscription = client.client().subscribe({"jobs"});
  const auto missed = [&] { return test::run(client.loop(), subscription->next(std::chrono::seconds(50))).missed; };
  EXPECT_EQ(client.text({"SET", "key", "1"}), "OK");
  EXPECT_TRUE(missed());
  EXPECT_THAT(client.client().where(), HasSubstr("(now 127.0.0.1:" + port_of(master_) + ")"));
  replica_.wait_for({"GET", "key"}, "1");

  // One patience is not enough for an election, another one may be.
  master_.kill();
  std::optional<std::string> answer;
  for (int tries = 0; tries < 5 && !answer; ++tries) {
    try {
      answer = client.text({"SET", "key", "2"});
    } catch (const SystemError& error) {
      EXPECT_EQ(error.kind(), SystemError::Kind::unavailable);
    }
  }
  EXPECT_EQ(answer, "OK");
  EXPECT_EQ(replica_.command({"GET", "key"}), "2");
  EXPECT_THAT(client.client().where(), HasSubstr("(now 127.0.0.1:" + port_of(replica_) + ")"));
  EXPECT_TRUE(missed());
}

TEST_F(RedisSentinel, a_master_that_became_a_replica_is_left) {
  sentinel_.wait_for({"SENTINEL", "replicas", "mymaster"}, "127.0.0.1:" + port_of(replica_));
  TestRedisClient client(url("mymaster"));
  EXPECT_EQ(client.text({"SET", "key", "1"}), "OK");
  ASSERT_TRUE(test::eventually([&] { return sentinel_.command({"SENTINEL", "failover", "mymaster"}) == "OK"; }));
  sentinel_.wait_for({"SENTINEL", "get-master-addr-by-name", "mymaster"}, port_of(replica_));
  // As the sentinel would within ten seconds; our connection stays open.
  EXPECT_EQ(master_.command({"REPLICAOF", "127.0.0.1", port_of(replica_)}), "OK");
  EXPECT_EQ(client.text({"SET", "key", "2"}), "OK");
  EXPECT_EQ(replica_.command({"GET", "key"}), "2");
}

TEST_F(RedisSentinel, a_name_that_no_sentinel_knows) {
  const std::string with_one = "redis+sentinel://:secret@127.0.0.1:" + port_of(sentinel_) + "/nobody";
  TestRedisClient client(with_one);
  const auto error = client.failure({"PING"});
  EXPECT_EQ(error->kind(), SystemError::Kind::misconfigured);
  EXPECT_THAT(error->what(), HasSubstr("knows no master of that name"));

  // Another one, that does not answer, may know it.
  TestRedisClient uncertain(url("nobody"), test::impatient());
  const auto other = uncertain.failure({"PING"});
  EXPECT_EQ(other->kind(), SystemError::Kind::unavailable);
  EXPECT_THAT(other->what(), HasSubstr("Connection refused"));
}

}  // namespace
}  // namespace docmill::redis
