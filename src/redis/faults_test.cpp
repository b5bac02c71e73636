// What happens to calls when the server, or the way to it, fails in the middle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "redis/client.hpp"
#include "runtime/task_group.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/tcp_gate.hpp"
#include "tests/support/test_redis_client.hpp"

namespace docmill::redis {
namespace {

namespace asio = boost::asio;
using test::RedisServer;
using test::RedisServerOptions;
using test::TcpGate;
using test::TestRedisClient;
using ::testing::HasSubstr;
using Millis = std::chrono::milliseconds;

RedisServerOptions durable() {
  RedisServerOptions options;
  options.config = {"appendonly yes", "appendfsync always"};
  return options;
}

TEST(RedisFaults, calls_go_on_after_the_server_was_killed_and_started_again) {
  RedisServer server(durable());
  TestRedisClient client(server.url());
  EXPECT_EQ(client.integer({"INCR", "counter"}), 1);
  server.kill();
  EXPECT_THROW(test::run(client.loop(), client.client().call(Command({"PING"})), Millis(50)), std::runtime_error)
      << "it waits for the server";
  server.start();
  EXPECT_EQ(client.integer({"INCR", "counter"}), 2);
}

asio::awaitable<void> set(Client& client, std::string key) {
  Command command({"SET", key, "1"});
  static_cast<void>(co_await client.call(std::move(command)));
}

asio::awaitable<void> set_many(Client& client, int first, int count) {
  const auto loop = co_await asio::this_coro::executor;
  TaskGroup group(loop);
  for (int i = 0; i < count; ++i) group.spawn(set(client, std::to_string(first + i)));
  co_await group.join();
}

TEST(RedisFaults, all_calls_that_were_under_way_are_repeated) {
  RedisServer server(durable());
  TestRedisClient client(server.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  // Killed while it is stopped, the server holds calls that it has received and not read.
  server.suspend();
  bool ended = false;
  asio::co_spawn(client.loop(), set_many(client.client(), 0, 1000), [&](std::exception_ptr error) {
    EXPECT_FALSE(error);
    ended = true;
  });
  client.loop().poll();
  EXPECT_FALSE(ended);
  server.restart();
  client.loop().restart();
  EXPECT_TRUE(test::eventually([&] { return client.loop().poll(), ended; }));
  EXPECT_EQ(server.command({"DBSIZE"}), "1000");
}

TEST(RedisFaults, a_call_whose_answer_was_lost_is_repeated) {
  const RedisServer server;
  TcpGate gate(server.socket());
  TestRedisClient client(gate.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  gate.cut_before_reply();
  EXPECT_EQ(client.integer({"INCR", "counter"}), 2) << "once without being heard, once more";
  EXPECT_EQ(gate.accepted(), 2);
}

TEST(RedisFaults, a_call_that_arrived_in_part_is_repeated) {
  const RedisServer server;
  TcpGate gate(server.socket());
  TestRedisClient client(gate.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  const std::string value(1'000'000, 'x');
  gate.cut_after_request_bytes(500'000);
  EXPECT_EQ(client.integer({"APPEND", "key", value}), 1'000'000);
  EXPECT_EQ(gate.accepted(), 2);
}

TEST(RedisFaults, a_server_that_refuses_for_a_while) {
  const RedisServer server;
  TcpGate gate(server.socket());
  TestRedisClient client(gate.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  gate.refuse();
  bool ended = false;
  asio::co_spawn(client.loop(), set_many(client.client(), 0, 10), [&](std::exception_ptr error) {
    EXPECT_FALSE(error);
    ended = true;
  });
  const int before = gate.accepted();
  EXPECT_TRUE(test::eventually([&] { return client.loop().poll(), gate.accepted() > before + 2; }));
  EXPECT_FALSE(ended);
  gate.accept();
  EXPECT_TRUE(test::eventually([&] { return client.loop().poll(), ended; }));
}

TEST(RedisFaults, slow_answers_are_waited_for) {
  const RedisServer server;
  TcpGate gate(server.socket());
  ClientOptions options;
  options.reply_timeout = Millis(2000);
  TestRedisClient client(gate.url(), options);
  gate.delay_replies(Millis(100));
  EXPECT_EQ(client.integer({"INCR", "counter"}), 1);
  EXPECT_EQ(gate.accepted(), 1);
}

TEST(RedisFaults, a_stopped_server_is_noticed) {
  RedisServer server;
  ClientOptions options = test::impatient(Millis(300));
  options.reply_timeout = Millis(200);
  TestRedisClient client(server.url(), options);
  EXPECT_EQ(client.text({"PING"}), "PONG");
  server.suspend();
  const auto error = client.failure({"PING"});
  EXPECT_EQ(error->kind(), SystemError::Kind::unavailable);
  EXPECT_THAT(error->what(), HasSubstr("no answer"));
  server.resume();
  EXPECT_EQ(client.text({"PING"}), "PONG");
}

asio::awaitable<void> ask(Client& client, std::string question, std::vector<std::string>& answers) {
  Command command({"ECHO", question});
  const Reply reply = co_await client.call(std::move(command));
  answers.emplace_back(reply.text());
}

TEST(RedisFaults, a_cancelled_call_takes_no_answer_from_another) {
  RedisServer server;
  TestRedisClient client(server.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  server.suspend();
  TaskGroup cancelled(client.loop().get_executor());
  TaskGroup others(client.loop().get_executor());
  std::vector<std::string> answers;
  cancelled.spawn(ask(client.client(), "first", answers));
  others.spawn(ask(client.client(), "second", answers));
  client.loop().restart();
  client.loop().poll();
  cancelled.cancel();
  test::run(client.loop(), cancelled.join());
  EXPECT_EQ(others.size(), 1U);
  server.resume();
  test::run(client.loop(), others.join());
  EXPECT_EQ(answers, std::vector<std::string>{"second"});
}

TEST(RedisFaults, a_server_that_loads_its_data_is_waited_for) {
  RedisServerOptions options;
  options.config = {"key-load-delay 3000", "loading-process-events-interval-bytes 1024"};  // slow, and listening
  RedisServer server(options);
  server.command({"EVAL", "for i = 1, 300 do redis.call('SET', i, string.rep('x', 1000)) end", "0"});
  EXPECT_EQ(server.command({"SAVE"}), "OK");
  server.kill();
  server.launch();
  server.wait_for({"GET", "1"}, "LOADING");
  TestRedisClient client(server.url());
  EXPECT_EQ(client.text({"GET", "300"}), std::string(1000, 'x'));
}

RedisServerOptions replica_of(const RedisServer& master) {
  RedisServerOptions options;
  options.tcp = true;
  options.config = {"replicaof 127.0.0.1 " + std::to_string(master.port()), "repl-diskless-sync-delay 0"};
  return options;
}

RedisServerOptions with_tcp() {
  RedisServerOptions options;
  options.tcp = true;
  options.config = {"repl-diskless-sync-delay 0"};
  return options;
}

TEST(RedisFaults, a_replica_is_left_and_asked_again_until_it_is_a_master) {
  const RedisServer master(with_tcp());
  const RedisServer replica(replica_of(master));
  TestRedisClient impatient_client(replica.url(), test::impatient());
  const auto error = impatient_client.failure({"SET", "key", "1"});
  EXPECT_EQ(error->kind(), SystemError::Kind::unavailable);
  EXPECT_THAT(error->what(), HasSubstr("READONLY"));

  TestRedisClient client(replica.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  bool ended = false;
  asio::co_spawn(client.loop(), set_many(client.client(), 0, 10), [&](std::exception_ptr thrown) {
    EXPECT_FALSE(thrown);
    ended = true;
  });
  ASSERT_TRUE(test::eventually([&] {
    client.loop().poll();
    return replica.command({"INFO", "errorstats"}).find("errorstat_READONLY:count=2") != std::string::npos;
  }));
  EXPECT_EQ(replica.command({"REPLICAOF", "NO", "ONE"}), "OK");
  EXPECT_TRUE(test::eventually([&] { return client.loop().poll(), ended; }));
}

TEST(RedisFaults, replicas_confirm_what_they_have) {
  const RedisServer master(with_tcp());
  RedisServer replica(replica_of(master));
  master.wait_for({"INFO", "replication"}, "state=online");
  TestRedisClient client(master.url());
  Command first({"INCR", "counter"});
  const ReplicatedReply confirmed = test::run(client.loop(), client.client().call(std::move(first), 1, Millis(4000)));
  EXPECT_EQ(confirmed.reply.integer(), 1);
  EXPECT_EQ(confirmed.replicas, 1);

  replica.suspend();
  Command second({"INCR", "counter"});
  try {
    test::run(client.loop(), client.client().call(std::move(second), 1, Millis(50)));
    ADD_FAILURE() << "a stopped replica has confirmed";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.kind(), SystemError::Kind::unavailable);
    EXPECT_THAT(error.what(), HasSubstr("0 of 1 replicas"));
  }
  EXPECT_EQ(client.text({"GET", "counter"}), "2");
}

}  // namespace
}  // namespace docmill::redis
