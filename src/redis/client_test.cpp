#include "redis/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/task_group.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/test_redis_client.hpp"

namespace docmill::redis {
namespace {

namespace asio = boost::asio;
using test::RedisServer;
using test::RedisServerOptions;
using test::TestRedisClient;
using ::testing::HasSubstr;
using ::testing::Not;

RedisServerOptions configured(std::vector<std::string> config, std::string password = "") {
  RedisServerOptions options;
  options.config = std::move(config);
  options.password = std::move(password);
  return options;
}

TEST(RedisClient, calls_over_a_unix_socket_and_over_tcp) {
  RedisServerOptions options;
  options.tcp = true;
  const RedisServer server(options);
  TestRedisClient over_unix(server.url() + "?db=1");
  EXPECT_EQ(over_unix.text({"SET", "key", "value"}), "OK");
  TestRedisClient over_tcp("redis://localhost:" + std::to_string(server.port()) + "/1");
  EXPECT_EQ(over_tcp.text({"GET", "key"}), "value");
  EXPECT_EQ(server.command({"GET", "key"}), "(nil)") << "it is in database 1";
}

TEST(RedisClient, all_kinds_of_answers) {
  const RedisServer server;
  TestRedisClient client(server.url());
  EXPECT_TRUE(client.call({"GET", "nothing"}).is_nil());
  EXPECT_EQ(client.integer({"RPUSH", "list", "a", "", std::string_view("\0\r\n", 3)}), 3);
  const Reply list = client.call({"LRANGE", "list", "0", "-1"});
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].text(), "a");
  EXPECT_EQ(list[1].text(), "");
  EXPECT_EQ(list[2].text(), std::string_view("\0\r\n", 3));
  EXPECT_THROW(list[3], SystemError);
  EXPECT_THROW(list.text(), SystemError);
  EXPECT_EQ(client.call({"SET", "number", "-12"}).error(), "");
  EXPECT_EQ(client.integer({"GET", "number"}), -12);
  EXPECT_THROW(list[0].integer(), SystemError);
  const Reply error = client.call({"INCR", "list"});
  EXPECT_TRUE(error.is_error());
  EXPECT_THAT(std::string(error.error()), HasSubstr("WRONGTYPE"));
}

TEST(RedisClient, big_arguments_and_answers) {
  const RedisServer server;
  TestRedisClient client(server.url());
  std::string big(20U << 20U, 'x');
  for (std::size_t i = 0; i < big.size(); i += 1000) big[i] = static_cast<char>(i / 1000);
  EXPECT_EQ(client.text({"SET", "key", big}), "OK");
  EXPECT_TRUE(client.text({"GET", "key"}) == big);
}

asio::awaitable<void> increment(Client& client, std::vector<std::int64_t>& answers) {
  Command command({"INCR", "counter"});
  const Reply reply = co_await client.call(std::move(command));
  answers.push_back(reply.integer());
}

asio::awaitable<void> increment_at_once(Client& client, int times, std::vector<std::int64_t>& answers) {
  const auto loop = co_await asio::this_coro::executor;
  TaskGroup group(loop);
  for (int i = 0; i < times; ++i) group.spawn(increment(client, answers));
  co_await group.join();
}

TEST(RedisClient, thousands_of_calls_at_once_share_a_connection_and_keep_their_order) {
  const RedisServer server;
  TestRedisClient client(server.url());
  std::vector<std::int64_t> answers;
  test::run(client.loop(), increment_at_once(client.client(), 20'000, answers));
  ASSERT_EQ(answers.size(), 20'000U);
  for (std::size_t i = 0; i < answers.size(); ++i) ASSERT_EQ(answers[i], static_cast<std::int64_t>(i + 1));
  EXPECT_THAT(server.command({"INFO", "stats"}), HasSubstr("total_connections_received:"));
  EXPECT_THAT(server.command({"CLIENT", "LIST"}), HasSubstr("name=docmill"));
}

// Whether nothing is left to do on the loop once its client has gone.
bool is_left_empty(asio::io_context& loop, std::unique_ptr<Client> client) {
  client.reset();
  loop.restart();
  loop.run_for(std::chrono::seconds(1));
  return loop.stopped();
}

TEST(RedisClient, leaves_nothing_on_the_loop) {
  const RedisServer server;
  asio::io_context loop;
  auto connected = std::make_unique<Client>(loop.get_executor(), parse_url(server.url()).value());
  test::run(loop, connected->call(Command({"PING"})));
  test::run(loop, connected->subscribe({"jobs"})->next(std::chrono::seconds(10)));
  EXPECT_TRUE(is_left_empty(loop, std::move(connected)));

  auto options = test::impatient();
  options.first_backoff = options.longest_backoff = std::chrono::hours(1);
  auto waiting = std::make_unique<Client>(loop.get_executor(), parse_url("unix:///nowhere").value(), options);
  EXPECT_THROW(test::run(loop, waiting->call(Command({"PING"}))), SystemError);
  test::run(loop, waiting->subscribe({"jobs"})->next(std::chrono::milliseconds(20)));
  EXPECT_TRUE(is_left_empty(loop, std::move(waiting)));
}

TEST(RedisClient, a_password_and_a_user) {
  const RedisServer server(configured({"requirepass secret", "user anna on >p@ss ~* +@all -flushall"}, "secret"));
  const std::string place = "/" + server.socket().string().substr(1);
  TestRedisClient by_password("unix://:secret@" + place);
  EXPECT_EQ(by_password.text({"SET", "key", "1"}), "OK");
  TestRedisClient by_user("unix://anna:p%40ss@" + place);
  EXPECT_EQ(by_user.text({"GET", "key"}), "1");

  const auto forbidden = by_user.failure({"FLUSHALL"});
  EXPECT_EQ(forbidden->kind(), SystemError::Kind::misconfigured);
  EXPECT_THAT(forbidden->what(), HasSubstr("NOPERM"));
}

TEST(RedisClient, a_wrong_password_is_said_at_once_and_not_shown) {
  const RedisServer server(configured({"requirepass secret"}, "secret"));
  const std::string place = "/" + server.socket().string().substr(1);
  for (const auto& [entry, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "wants a password"}, {":guessed@", "WRONGPASS"}, {"anna:guessed@", "WRONGPASS"}}) {
    TestRedisClient client("unix://" + entry + place);
    const auto error = client.failure({"PING"});
    EXPECT_EQ(error->kind(), SystemError::Kind::misconfigured);
    EXPECT_THAT(error->what(), HasSubstr(message));
    EXPECT_THAT(error->what(), HasSubstr(server.socket().string()));
    EXPECT_THAT(error->what(), Not(HasSubstr("guessed")));
  }
}

TEST(RedisClient, what_no_repetition_mends_is_said_at_once) {
  const RedisServer server;
  TestRedisClient password("unix://:needless@/" + server.socket().string().substr(1));
  EXPECT_THAT(password.failure({"PING"})->what(), HasSubstr("without any password"));
  TestRedisClient database(server.url() + "?db=9999");
  EXPECT_THAT(database.failure({"PING"})->what(), HasSubstr("DB index"));
  TestRedisClient command(server.url());
  const auto error = command.failure({"NOSUCHCOMMAND"});
  EXPECT_EQ(error->kind(), SystemError::Kind::misconfigured);
  EXPECT_THAT(error->what(), HasSubstr("unknown command"));
}

TEST(RedisClient, a_server_that_is_not_there_is_waited_for_as_long_as_patience_lasts) {
  TestRedisClient nowhere("redis://127.0.0.1:" + std::to_string(test::free_port()), test::impatient());
  const auto error = nowhere.failure({"PING"});
  EXPECT_EQ(error->kind(), SystemError::Kind::unavailable);
  EXPECT_THAT(error->what(), HasSubstr("not reached within 100 ms: Connection refused"));
  TestRedisClient no_socket("unix:///nowhere/redis.sock", test::impatient());
  EXPECT_EQ(no_socket.failure({"PING"})->kind(), SystemError::Kind::unavailable);
}

TEST(RedisClient, full_memory_is_overload) {
  const RedisServer server(configured({"maxmemory 3mb", "maxmemory-policy noeviction"}));
  TestRedisClient client(server.url());
  const std::string value(100'000, 'x');
  std::optional<SystemError> error;
  for (int i = 0; i < 100 && !error; ++i) {
    try {
      client.call({"SET", std::to_string(i), value});
    } catch (const SystemError& thrown) {
      error = thrown;
    }
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), SystemError::Kind::overloaded);
  EXPECT_THAT(error->what(), HasSubstr("OOM"));
  EXPECT_EQ(client.text({"PING"}), "PONG");
}

TEST(RedisClient, too_few_replicas_to_write_is_unavailable) {
  const RedisServer server(configured({"min-replicas-to-write 1"}));
  TestRedisClient client(server.url());
  const auto error = client.failure({"SET", "key", "1"});
  EXPECT_EQ(error->kind(), SystemError::Kind::unavailable);
  EXPECT_THAT(error->what(), HasSubstr("NOREPLICAS"));
}

constexpr std::string_view library =
    "#!lua name=greetings\nredis.register_function('hello', function(keys, arguments) return 'hello' end)";

asio::awaitable<void> load_library(Client& client, int& loads) {
  ++loads;
  Command command({"FUNCTION", "LOAD", "REPLACE", library});
  static_cast<void>(co_await client.call(std::move(command)));
}

asio::awaitable<void> say_hello(Client& client, int& greeted) {
  Command command({"FCALL", "hello", "0"});
  const Reply reply = co_await client.call(std::move(command));
  if (reply.text() == "hello") ++greeted;
}

asio::awaitable<void> say_hello_at_once(Client& client, int times, int& greeted) {
  const auto loop = co_await asio::this_coro::executor;
  TaskGroup group(loop);
  for (int i = 0; i < times; ++i) group.spawn(say_hello(client, greeted));
  co_await group.join();
}

TEST(RedisClient, a_missing_function_is_loaded_once_for_all_who_miss_it) {
  const RedisServer server;
  TestRedisClient client(server.url());
  EXPECT_THAT(std::string(client.call({"FCALL", "hello", "0"}).error()), HasSubstr("Function not found"));
  int loads = 0;
  client.client().on_missing_function([&] { return load_library(client.client(), loads); });
  int greeted = 0;
  test::run(client.loop(), say_hello_at_once(client.client(), 100, greeted));
  EXPECT_EQ(greeted, 100);
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(server.command({"FUNCTION", "FLUSH"}), "OK");
  test::run(client.loop(), say_hello_at_once(client.client(), 1, greeted));
  EXPECT_EQ(loads, 2);
  EXPECT_TRUE(client.call({"FCALL", "good_bye", "0"}).is_error()) << "the library does not have it";
}

TEST(RedisClient, a_busy_server_is_waited_for) {
  const RedisServer server(configured({"busy-reply-threshold 1"}));
  TestRedisClient busy(server.url());
  TestRedisClient client(server.url());
  EXPECT_EQ(client.text({"PING"}), "PONG");
  // A script that goes on until it is killed, and a call beside it.
  std::optional<std::string> script_error;
  std::optional<std::string> answer;
  asio::co_spawn(busy.loop(), busy.client().call(Command({"EVAL", "while true do end", "0"})),
                 [&](std::exception_ptr, Reply reply) { script_error = reply.error(); });
  ASSERT_TRUE(test::eventually([&] {
    busy.loop().poll();
    return server.command({"PING"}).starts_with("BUSY");
  }));
  asio::co_spawn(client.loop(), client.client().call(Command({"PING"})),
                 [&](std::exception_ptr, Reply reply) { answer = reply.text(); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  while (client.loop().run_one_until(end) > 0) EXPECT_FALSE(answer) << "while the script runs";
  EXPECT_EQ(server.command({"SCRIPT", "KILL"}), "OK");
  EXPECT_TRUE(test::eventually([&] { return client.loop().poll(), answer.has_value(); }));
  EXPECT_EQ(answer, "PONG");
  EXPECT_TRUE(test::eventually([&] { return busy.loop().poll(), script_error.has_value(); }));
}

}  // namespace
}  // namespace docmill::redis
