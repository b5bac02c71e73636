#include "redis/subscription.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/redis_server.hpp"
#include "tests/support/tcp_gate.hpp"
#include "tests/support/test_redis_client.hpp"

namespace docmill::redis {
namespace {

using test::RedisServer;
using test::RedisServerOptions;
using test::TcpGate;
using test::TestRedisClient;
using ::testing::HasSubstr;
using Millis = std::chrono::milliseconds;

constexpr Millis long_enough{10'000};

News next(TestRedisClient& client, Subscription& subscription, Millis timeout = long_enough) {
  return test::run(client.loop(), subscription.next(timeout));
}

TEST(RedisSubscription, says_first_that_all_before_may_be_missed_then_brings_messages) {
  const RedisServer server;
  TestRedisClient client(server.url());
  const auto subscription = client.client().subscribe({"jobs", "nodes"});
  const News first = next(client, *subscription);
  EXPECT_TRUE(first.missed);
  EXPECT_TRUE(first.messages.empty());
  EXPECT_EQ(client.integer({"PUBLISH", "jobs", "one"}), 1);
  EXPECT_EQ(client.integer({"PUBLISH", "nodes", "two"}), 1);
  EXPECT_EQ(client.integer({"PUBLISH", "others", "three"}), 0);
  std::vector<std::string> heard;
  while (heard.size() < 2) {
    const News news = next(client, *subscription);
    EXPECT_FALSE(news.missed);
    for (const Message& message : news.messages) heard.push_back(message.channel + " " + message.payload);
  }
  EXPECT_EQ(heard, (std::vector<std::string>{"jobs one", "nodes two"}));
}

TEST(RedisSubscription, without_news_the_time_passes) {
  const RedisServer server;
  TestRedisClient client(server.url());
  const auto subscription = client.client().subscribe({"jobs"});
  EXPECT_TRUE(next(client, *subscription).missed);
  const News none = next(client, *subscription, Millis(20));
  EXPECT_FALSE(none.missed);
  EXPECT_TRUE(none.messages.empty());
}

TEST(RedisSubscription, several_share_a_connection_and_each_hears_its_own) {
  const RedisServer server;
  TestRedisClient client(server.url());
  const auto first = client.client().subscribe({"a", "b"});
  EXPECT_TRUE(next(client, *first).missed);
  auto second = client.client().subscribe({"b", "c", "c"});
  EXPECT_TRUE(next(client, *second).missed);
  EXPECT_EQ(client.integer({"PUBLISH", "b", "x"}), 1) << "one connection for both";
  EXPECT_EQ(next(client, *first).messages.size(), 1U);
  EXPECT_EQ(next(client, *second).messages.size(), 1U);
  second.reset();
  EXPECT_TRUE(test::eventually([&] {
    client.loop().restart();
    client.loop().poll();
    return server.command({"PUBSUB", "NUMSUB", "c"}) == "c\n0\n";
  }));
  EXPECT_EQ(client.integer({"PUBLISH", "b", "y"}), 1);
  EXPECT_EQ(next(client, *first).messages.at(0).payload, "y");

  // Where the server has confirmed all of its channels already, a new one starts at once.
  const auto third = client.client().subscribe({"a"});
  EXPECT_TRUE(next(client, *third).missed);
}

TEST(RedisSubscription, a_channel_that_is_left_and_wanted_again_at_once) {
  const RedisServer server;
  TestRedisClient client(server.url());
  const auto other = client.client().subscribe({"other"});
  EXPECT_TRUE(next(client, *other).missed);
  for (int i = 0; i < 10; ++i) static_cast<void>(client.client().subscribe({"jobs"}));
  const auto subscription = client.client().subscribe({"jobs"});
  EXPECT_TRUE(next(client, *subscription).missed);
  EXPECT_EQ(client.integer({"PUBLISH", "jobs", "x"}), 1);
  EXPECT_EQ(next(client, *subscription).messages.size(), 1U);
}

TEST(RedisSubscription, says_that_something_was_missed_when_the_server_was_gone) {
  RedisServer server;
  TestRedisClient client(server.url());
  const auto subscription = client.client().subscribe({"jobs"});
  EXPECT_TRUE(next(client, *subscription).missed);
  server.kill();
  EXPECT_FALSE(next(client, *subscription, Millis(50)).missed) << "not before it is back";
  server.start();
  EXPECT_TRUE(next(client, *subscription).missed);
  EXPECT_EQ(client.integer({"PUBLISH", "jobs", "x"}), 1);
  EXPECT_EQ(next(client, *subscription).messages.size(), 1U);
}

TEST(RedisSubscription, notices_a_server_that_is_silent_for_ever) {
  RedisServer server;
  ClientOptions options;
  options.reply_timeout = Millis(200);
  options.connect_timeout = Millis(200);
  TestRedisClient client(server.url(), options);
  const auto subscription = client.client().subscribe({"jobs"});
  EXPECT_TRUE(next(client, *subscription).missed);
  EXPECT_FALSE(next(client, *subscription, Millis(500)).missed) << "PINGs keep a quiet connection";
  server.suspend();
  EXPECT_FALSE(next(client, *subscription, Millis(600)).missed);
  server.resume();
  EXPECT_TRUE(next(client, *subscription).missed) << "the connection was given up, and made again";
}

TEST(RedisSubscription, who_does_not_fetch_misses_something_and_is_told) {
  const RedisServer server;
  TestRedisClient client(server.url());
  const auto slow = client.client().subscribe({"jobs"});
  EXPECT_TRUE(next(client, *slow).missed);
  const auto quick = client.client().subscribe({"jobs"});
  const std::string count = std::to_string(Subscription::max_messages + 5);
  client.call({"EVAL", "for i = 1, ARGV[1] do redis.call('PUBLISH', 'jobs', i) end", "0", count});
  std::string last;
  while (last != count) {
    const News news = next(client, *quick);
    if (!news.messages.empty()) last = news.messages.back().payload;
  }
  const News news = next(client, *slow);
  EXPECT_TRUE(news.missed);
  EXPECT_LT(news.messages.size(), Subscription::max_messages);
  EXPECT_EQ(news.messages.back().payload, count);
}

TEST(RedisSubscription, no_right_to_a_channel_is_said) {
  RedisServerOptions options;
  options.config = {"user anna on >secret ~* &jobs:* +@all"};
  const RedisServer server(options);
  TestRedisClient client("unix://anna:secret@/" + server.socket().string().substr(1));
  const auto allowed = client.client().subscribe({"jobs:1"});
  EXPECT_TRUE(next(client, *allowed).missed);
  const auto forbidden = client.client().subscribe({"others"});
  try {
    while (true) next(client, *forbidden);
  } catch (const SystemError& error) {
    EXPECT_EQ(error.kind(), SystemError::Kind::misconfigured);
    EXPECT_THAT(error.what(), HasSubstr("NOPERM"));
  }
}

}  // namespace
}  // namespace docmill::redis
