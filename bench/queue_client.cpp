// docmill's side of the comparison of queues (bench/queue/peers.py): what a submitter sees, through the broker.
//
//   queue_client REDIS_URL submit N     one job of N documents; prints {"seconds": …}
//   queue_client REDIS_URL follow       the newest job, from its first result to its end; prints {"tasks_per_second":
//   …} queue_client REDIS_URL latency N    jobs of one document, one after the other; prints {"milliseconds": […]}
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "broker/redis/redis_broker.hpp"
#include "runtime/timer.hpp"

namespace docmill {
namespace {

using boost::asio::io_context;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t names_per_call = 10'000;
constexpr Millis longest_wait{60'000};

template <class T>
void check(const Result<T>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::vector<std::string> names(std::uint64_t first, std::uint64_t end) {
  std::vector<std::string> result;
  for (std::uint64_t i = first; i < end; ++i) {
    const std::string digits = std::to_string(i);
    result.push_back("document-" + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits + ".pdf");
  }
  return result;
}

awaitable<JobId> submit(Broker& broker, std::uint64_t documents) {
  CreateJob create;
  create.spec.pipeline = "noop";
  Result<CreatedJob> created = co_await broker.create(std::move(create));
  check(created);
  const JobId job = created->job;
  for (std::uint64_t first = 0; first < documents; first += names_per_call) {
    AddDocuments add;
    add.job = job;
    add.first = first;
    add.names = names(first, std::min(documents, first + names_per_call));
    const Status added = co_await broker.add_documents(std::move(add));
    check(added);
  }
  const Status sealed = co_await broker.seal(job);
  check(sealed);
  co_return job;
}

awaitable<void> time_submission(Broker& broker, std::uint64_t documents) {
  static_cast<void>(co_await broker.stats());  // connects
  const auto begin = Clock::now();
  static_cast<void>(co_await submit(broker, documents));
  std::printf("{\"seconds\": %.6f}\n", seconds_since(begin));
}

// The job's status once something about it has changed.
awaitable<JobStatus> next_status(Broker& broker, JobStatus status) {
  Result<JobStatus> next = co_await broker.watch(status.id, status.version, longest_wait);
  check(next);
  co_return std::move(*next);
}

bool is_finished(const JobStatus& status) { return status.finished_at != TimePoint{}; }

awaitable<void> follow(Broker& broker) {
  const JobPage page = co_await broker.jobs("", 1);
  JobStatus status = page.jobs.at(0);
  while (status.counters.done == 0) status = co_await next_status(broker, status);
  const auto begin = Clock::now();
  const std::uint64_t before = status.counters.done;
  // Seldom: a follower that wakes at each change would take from the others what it measures.
  while (!is_finished(status)) {
    co_await sleep_for(Millis(20));
    Result<JobStatus> now = co_await broker.status(status.id);
    check(now);
    status = std::move(*now);
  }
  const double rate = static_cast<double>(status.counters.done - before) / seconds_since(begin);
  std::printf("{\"tasks_per_second\": %.1f}\n", rate);
}

awaitable<double> time_single_task(Broker& broker) {
  const auto begin = Clock::now();
  JobStatus status;
  status.id = co_await submit(broker, 1);
  while (!is_finished(status)) status = co_await next_status(broker, status);
  if (status.counters.done != 1) throw std::runtime_error("the task failed");
  co_return 1000 * seconds_since(begin);
}

awaitable<void> time_single_tasks(Broker& broker, std::uint64_t count) {
  std::string list;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double milliseconds = co_await time_single_task(broker);
    list += (i == 0 ? "" : ", ") + std::to_string(milliseconds);
  }
  std::printf("{\"milliseconds\": [%s]}\n", list.c_str());
}

awaitable<void> run(Broker& broker, const std::string& mode, std::uint64_t count) {
  if (mode == "submit") return time_submission(broker, count);
  if (mode == "follow") return follow(broker);
  return time_single_tasks(broker, count);
}

}  // namespace
}  // namespace docmill

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: queue_client REDIS_URL submit N | follow | latency N\n");
    return 2;
  }
  try {
    boost::asio::io_context loop;
    docmill::RedisOptions options;
    options.url = docmill::redis::parse_url(argv[1]).value();
    const auto broker = docmill::open_redis_broker(loop, options);
    bool ended = false;
    boost::asio::co_spawn(loop, docmill::run(*broker, argv[2], argc > 3 ? std::stoull(argv[3]) : 0),
                          [&ended](const std::exception_ptr& error) {
                            ended = true;
                            if (error) std::rethrow_exception(error);
                          });
    while (!ended) loop.run_one();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "queue_client: %s\n", error.what());
    return 1;
  }
  return 0;
}
