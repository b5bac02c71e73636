// How fast the Redis broker is, calls alone, beside its bare limit: the same functions with the same arguments, made
// beforehand, from a tight loop. And how much memory documents take.
//
//   redis_broker_bench [LINE OF redis.conf…]      default: save ""
//
// Starts a redis-server of its own on a Unix socket. Prints one line of JSON per figure.
#include <hiredis/hiredis.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "broker/redis/completions.hpp"
#include "broker/redis/redis_broker.hpp"
#include "broker/redis/session.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_coroutine.hpp"

namespace docmill {
namespace {

using boost::asio::io_context;
using test::RedisServer;

constexpr std::uint64_t documents = 1'000'000;
constexpr std::uint64_t names_per_call = 10'000;
constexpr std::size_t result_bytes = 100;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void report(const std::string& what, double value, const char* unit) {
  std::printf("{\"benchmark\": \"%s\", \"value\": %.2f, \"unit\": \"%s\"}\n", what.c_str(), value, unit);
  std::fflush(stdout);
}

RedisOptions options_for(const RedisServer& server) {
  RedisOptions options;
  options.url = redis::parse_url(server.url()).value();
  return options;
}

double memory_of(const RedisServer& server) {
  const std::string info = server.command({"INFO", "memory"});
  return std::stod(info.substr(info.find("used_memory:") + 12));
}

// Microseconds of the server's own time per call of a function.
double time_per_call(const RedisServer& server) {
  const std::string info = server.command({"INFO", "commandstats"});
  const std::size_t fcall = info.find("cmdstat_fcall:");
  return std::stod(info.substr(info.find("usec_per_call=", fcall) + 14));
}

// ---- Submission

std::string path_name(std::uint64_t i) {
  return "/data/scans/" + std::to_string(i / 1000) + "/page-" + std::to_string(i) + ".pdf";
}

// 36 characters that share nothing with one another: three times splitmix64, in hexadecimal.
std::string random_name(std::uint64_t i) {
  std::string name;
  for (std::uint64_t part = 0; part < 3; ++part) {
    std::uint64_t x = (i * 3 + part + 1) * 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    for (int digit = 0; digit < 12; ++digit, x >>= 4U) name += "0123456789abcdef"[x & 0xfU];
  }
  return name;
}

using MakeName = std::string (*)(std::uint64_t);

awaitable<void> submit(Broker& broker, MakeName make_name, JobId& job, std::uint64_t& name_bytes) {
  CreateJob create;
  create.spec.pipeline = "ocr";
  const Result<CreatedJob> created = co_await broker.create(std::move(create));
  job = created.value().job;
  for (std::uint64_t first = 0; first < documents; first += names_per_call) {
    AddDocuments add;
    add.job = job;
    add.first = first;
    for (std::uint64_t i = first; i < first + names_per_call; ++i) {
      add.names.push_back(make_name(i));
      name_bytes += add.names.back().size();
    }
    const Status added = co_await broker.add_documents(std::move(add));
    if (!added) throw std::runtime_error(added.error().message);
  }
  const Status sealed = co_await broker.seal(job);
  if (!sealed) throw std::runtime_error(sealed.error().message);
}

// Submits the documents; returns the seconds.
double fill(const RedisServer& server, MakeName make_name, JobId& job, std::uint64_t& name_bytes) {
  io_context loop(1);
  const auto broker = open_redis_broker(loop, options_for(server));
  return seconds_of([&] { test::run(loop, submit(*broker, make_name, job, name_bytes)); });
}

// ---- Through the broker

// One node: takes a batch, and commits it with the call that takes the next.
awaitable<void> work_off(Broker& broker, std::string node, int batch, std::uint64_t& done) {
  const std::string result(result_bytes, 'r');
  std::vector<Completion> completions;
  for (std::uint64_t sequence = 1;; ++sequence) {
    Exchange request;
    request.id = {.client = node, .sequence = sequence};
    request.node = NodeId{node};
    request.completions = std::move(completions);
    request.want = batch;
    const Result<ExchangeReply> reply = co_await broker.exchange(std::move(request));
    completions.clear();
    for (const Lease& lease : reply.value().leases) {
      for (const LeasedTask& task : lease.tasks) {
        Completion& completion = completions.emplace_back();
        completion.token = lease.token;
        completion.ref = task.ref;
        completion.result = result;
        completion.pages = 1;
      }
    }
    if (completions.empty()) co_return;
    done += completions.size();
  }
}

double through_broker(const RedisServer& server, int batch, int clients) {
  io_context loop(1);
  std::uint64_t done = 0;
  int ended = 0;
  std::vector<std::unique_ptr<Broker>> brokers;
  for (int i = 0; i < clients; ++i) {
    brokers.push_back(open_redis_broker(loop, options_for(server)));
    boost::asio::co_spawn(loop, work_off(*brokers.back(), "node-" + std::to_string(i), batch, done),
                          [&](std::exception_ptr error) {
                            if (error) std::rethrow_exception(error);
                            if (++ended == clients) loop.stop();
                          });
  }
  const double seconds = seconds_of([&] { loop.run(); });
  if (done != documents) throw std::runtime_error("not every document was done");
  return static_cast<double>(done) / seconds;
}

// ---- The bare limit

struct Free {
  void operator()(redisContext* context) const { ::redisFree(context); }
};

// With one client and one job, tokens and documents follow one another: every call is known beforehand.
std::vector<redis::Command> all_exchanges(int batch, std::uint64_t first_token) {
  const std::string result(result_bytes, 'r');
  const std::vector<std::string> keys = redis::keys_of(RedisOptions().name_space);
  const auto size = static_cast<std::uint64_t>(batch);
  std::vector<redis::Command> commands;
  for (std::uint64_t i = 0; i <= documents / size; ++i) {
    Exchange request;
    request.node = NodeId{"bare"};
    request.want = batch;
    for (std::uint64_t index = 0; i > 0 && index < size; ++index) {
      Completion& completion = request.completions.emplace_back();
      completion.token = Token{first_token + i - 1};
      completion.ref.index = (i - 1) * size + index;
      completion.result = result;
      completion.pages = 1;
    }
    commands.push_back(redis::function_call(
        "exchange", keys, "", redis::pack_exchange(request, {.client = "bare", .sequence = i + 1}, false, "")));
  }
  return commands;
}

double bare(const RedisServer& server, int batch, std::uint64_t first_token) {
  const std::unique_ptr<redisContext, Free> context(::redisConnectUnix(server.socket().c_str()));
  const std::vector<redis::Command> commands = all_exchanges(batch, first_token);
  const double seconds = seconds_of([&] {
    for (const redis::Command& command : commands) {
      ::redisAppendFormattedCommand(context.get(), command.bytes().data(), command.bytes().size());
      void* reply = nullptr;
      if (::redisGetReply(context.get(), &reply) != REDIS_OK) throw std::runtime_error("the server is gone");
      ::freeReplyObject(reply);
    }
  });
  return static_cast<double>(documents) / seconds;
}

void check_finished(const RedisServer& server, const JobId& job) {
  io_context loop(1);
  const auto broker = open_redis_broker(loop, options_for(server));
  const Result<JobStatus> status = test::run(loop, broker->status(job));
  if (status.value().counters.done != documents) throw std::runtime_error("not every document was done");
}

// ---- The figures

RedisServer start_server(const std::vector<std::string>& config) {
  test::RedisServerOptions options;
  options.config = config;
  return RedisServer(options);
}

void measure_names(const std::vector<std::string>& config, const std::string& kind, MakeName make_name) {
  const RedisServer server = start_server(config);
  const double before = memory_of(server);
  JobId job;
  std::uint64_t name_bytes = 0;
  report("submit 1,000,000 documents, " + kind, fill(server, make_name, job, name_bytes), "s");
  const double each = (memory_of(server) - before) / documents;
  report("memory per waiting document, " + kind, each, "bytes");
  report("the same beyond its name", each - static_cast<double>(name_bytes) / documents, "bytes");
}

void measure_exchange(const std::vector<std::string>& config, int batch) {
  const std::string kind = ", batches of " + std::to_string(batch);
  JobId job;
  std::uint64_t name_bytes = 0;
  for (const int clients : {1, 4}) {
    const RedisServer server = start_server(config);
    fill(server, path_name, job, name_bytes);
    const double before = memory_of(server);
    const std::string who = clients == 1 ? ", 1 client" : ", 4 clients";
    report("exchange" + kind + who, through_broker(server, batch, clients), "tasks/s");
    const double each = (memory_of(server) - before) / documents - result_bytes;
    report("memory per finished document beyond its result" + kind + who, each, "bytes");
  }
  const RedisServer server = start_server(config);
  fill(server, path_name, job, name_bytes);
  server.command({"CONFIG", "RESETSTAT"});
  report("bare functions" + kind + ", 1 client", bare(server, batch, 1), "tasks/s");
  report("time in the server" + kind, time_per_call(server), "us/call");
  check_finished(server, job);
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) {
  std::vector<std::string> config(argv + 1, argv + argc);
  if (config.empty()) config = {"save \"\""};
  try {
    docmill::measure_names(config, "paths", docmill::path_name);
    docmill::measure_names(config, "random names of 36 bytes", docmill::random_name);
    for (const int batch : {100, 1'000}) docmill::measure_exchange(config, batch);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return 0;
}
