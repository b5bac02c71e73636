// What a call to Redis costs through redis::Client, beside hiredis' own blocking calls on the same Unix socket.
//
//   redis_bench unix:///path/to/redis.sock [calls]
//
// Prints one line of JSON per figure: microseconds a call, CPU of this process included in the wall time.
#include <hiredis/hiredis.h>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "redis/client.hpp"
#include "runtime/task_group.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;

struct Cost {
  double wall_us = 0;
  double cpu_us = 0;
};

Cost cost_of(int calls, const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  work();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  const double cpu_us = static_cast<double>(std::clock() - cpu) * 1e6 / CLOCKS_PER_SEC;
  return {took.count() / calls, cpu_us / calls};
}

void print(const char* what, const std::string& how, Cost cost) {
  std::printf("{\"figure\": \"%s\", \"mode\": \"%s\", \"wall_us_per_call\": %.2f, \"cpu_us_per_call\": %.2f}\n", what,
              how.c_str(), cost.wall_us, cost.cpu_us);
}

// --- hiredis

struct SetCommand {
  explicit SetCommand(const std::string& value) : texts{"SET", "key", value.data()}, sizes{3, 3, value.size()} {}
  std::array<const char*, 3> texts;
  std::array<std::size_t, 3> sizes;
};

void one_by_one(redisContext& context, int calls, const std::string& value) {
  SetCommand set(value);
  for (int i = 0; i < calls; ++i) {
    void* const reply = ::redisCommandArgv(&context, 3, set.texts.data(), set.sizes.data());
    if (reply == nullptr) throw std::runtime_error(context.errstr);
    ::freeReplyObject(reply);
  }
}

void pipelined(redisContext& context, int calls, int at_once, const std::string& value) {
  SetCommand set(value);
  for (int done = 0; done < calls; done += at_once) {
    for (int i = 0; i < at_once; ++i) ::redisAppendCommandArgv(&context, 3, set.texts.data(), set.sizes.data());
    for (int i = 0; i < at_once; ++i) {
      void* reply = nullptr;
      if (::redisGetReply(&context, &reply) != REDIS_OK) throw std::runtime_error(context.errstr);
      ::freeReplyObject(reply);
    }
  }
}

// --- redis::Client

asio::awaitable<void> caller(redis::Client& client, int calls, const std::string& value) {
  for (int i = 0; i < calls; ++i) {
    redis::Command command({"SET", "key", value});
    static_cast<void>(co_await client.call(std::move(command)));
  }
}

asio::awaitable<void> callers(redis::Client& client, int calls, int at_once, const std::string& value) {
  const auto loop = co_await asio::this_coro::executor;
  TaskGroup group(loop);
  for (int i = 0; i < at_once; ++i) group.spawn(caller(client, calls / at_once, value));
  co_await group.join();
}

void run(asio::io_context& loop, asio::awaitable<void> task) {
  bool ended = false;
  asio::co_spawn(loop, std::move(task), [&ended](const std::exception_ptr& error) {
    ended = true;
    if (error) std::rethrow_exception(error);
  });
  loop.restart();
  while (!ended) loop.run_one();
}

void measure(const redis::Url& url, int calls) {
  const std::unique_ptr<redisContext, void (*)(redisContext*)> context(::redisConnectUnix(url.socket_path.c_str()),
                                                                       &::redisFree);
  if (!context || context->err != 0) throw std::runtime_error("cannot connect");
  asio::io_context loop;
  redis::Client client(loop.get_executor(), url);
  for (const std::size_t size : {std::size_t(100), std::size_t(100'000)}) {
    const std::string value(size, 'x');
    const int count = size > 1000 ? calls / 20 : calls;
    const std::string what = "SET of " + std::to_string(size) + " bytes";
    for (const int at_once : {1, 10, 100}) {
      const std::string how = std::to_string(at_once) + " at once";
      const auto bare = [&] {
        at_once == 1 ? one_by_one(*context, count, value) : pipelined(*context, count, at_once, value);
      };
      print("hiredis", what + ", " + how, cost_of(count, bare));
      print("redis::Client", what + ", " + how,
            cost_of(count, [&] { run(loop, callers(client, count, at_once, value)); }));
    }
  }
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: redis_bench unix:///path/to/redis.sock [calls]\n");
    return 2;
  }
  try {
    docmill::measure(docmill::redis::parse_url(argv[1]).value(), argc > 2 ? std::stoi(argv[2]) : 100'000);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "redis_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
