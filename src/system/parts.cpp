#include "system/parts.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "broker/recording_broker.hpp"
#include "broker/sqlite/database.hpp"
#include "broker/sqlite/sqlite_broker.hpp"
#include "core/program.hpp"
#include "system/redis_options.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

constexpr const char* queue_file = "queue.db";

int cores_by_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

// The least CPU quota of this process's cgroup (version 2) and those above it, in cores; 0: none.
double cores_by_quota() {
  std::ifstream membership("/proc/self/cgroup");
  std::string line;
  fs::path group;
  while (std::getline(membership, line)) {
    if (line.starts_with("0::/")) group = line.substr(4);
  }
  double least = 0;
  for (;; group = group.parent_path()) {
    std::ifstream quota_file(fs::path("/sys/fs/cgroup") / group / "cpu.max");
    double quota = 0;
    double period = 0;
    if (quota_file >> quota >> period && period > 0) {  // "max 100000" is no number: no limit
      least = least == 0 ? quota / period : std::min(least, quota / period);
    }
    if (group.empty()) return least;
  }
}

}  // namespace

std::unique_ptr<Broker> open_broker(boost::asio::io_context& loop, const Clock& clock, const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "cannot make the directory " + directory.string() + ": " + error.message());
  }
  SqliteOptions options;
  options.path = directory / queue_file;
  return open_sqlite_broker(loop, clock, options);
}

std::unique_ptr<Broker> with_history(std::unique_ptr<Broker> broker, const Clock& clock, const Config& config) {
  const auto& file = config.text("history.file");
  if (file.empty()) return broker;
  return std::make_unique<RecordingBroker>(std::move(broker), clock, file);
}

std::string QueuePlace::shown() const { return on_redis() ? without_secrets(redis_url) : directory.string(); }

std::unique_ptr<Broker> open_broker(boost::asio::io_context& loop, const Clock& clock, const Config& config,
                                    const QueuePlace& place) {
  auto broker = place.on_redis() ? open_redis_broker(loop, redis_options(config, place.redis_url))
                                 : open_broker(loop, clock, place.directory);
  return with_history(std::move(broker), clock, config);
}

bool has_queue(const fs::path& directory) {
  std::error_code ignored;
  return fs::exists(directory / queue_file, ignored);
}

std::string queue_damage(const fs::path& directory) {
  sqlite::Database database((directory / queue_file).string(), Millis(10'000));
  auto check = database.query("PRAGMA quick_check(1)");
  std::string answer;
  if (check.next()) check.read(answer);
  return answer == "ok" ? "" : answer;
}

int usable_cores() {
  const int cores = cores_by_affinity();
  const double quota = cores_by_quota();
  return quota > 0 ? std::clamp(static_cast<int>(std::ceil(quota)), 1, cores) : cores;
}

Result<fs::path> find_worker(const Config& config) {
  if (const auto& set = config.text("workers.executable"); !set.empty()) {
    if (::access(set.c_str(), X_OK) == 0) return fs::absolute(set);
    return fail(ErrorCode::not_found, "workers.executable (" + config.value("workers.executable").origin + ") is '" +
                                          set + "', which is no program that can be run");
  }
  std::error_code error;
  const auto self = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail(ErrorCode::not_found, "cannot tell where this program lies: /proc is not readable");
  const auto directory = self.parent_path();
  for (const auto& candidate : {directory / "docmill-worker", directory.parent_path() / "libexec/docmill-worker"}) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return fail(ErrorCode::not_found, "there is no docmill-worker in " + directory.string() + " nor in " +
                                        (directory.parent_path() / "libexec").string() +
                                        "; install it there, or set DOCMILL_WORKER to its path");
}

Result<Words> worker_offers(const Config& config) {
  DOCMILL_TRY(worker, find_worker(config));
  // Who is killed while it only speaks of itself was killed from outside: it is asked again.
  ProgramAnswer answer;
  for (int questions = 3; questions > 0; --questions) {
    answer = run_program({worker.string(), "--offers"});
    if (answer.signal == 0) break;
  }
  Words words = split_words(answer.output, '\n');
  if (answer.status == 0 && !words.empty() && check_offers(words)) return words;
  const auto reason = answer.signal != 0 ? "it was killed by signal " + std::to_string(answer.signal)
                                         : std::string(first_line(answer.output));
  return fail(ErrorCode::internal, worker.string() + " does not say what it can do: " + reason);
}

int worker_count(const Config& config) {
  const auto most = config.integer("workers.max");
  const auto wanted = most == 0 ? usable_cores() : most;
  return static_cast<int>(std::max<std::int64_t>(wanted, config.integer("workers.min")));
}

Result<NodeOptions> node_options(const Config& config) {
  DOCMILL_TRY(worker, find_worker(config));
  NodeOptions options;
  options.worker_executable = worker;
  options.workers = worker_count(config);
  options.isolation = config.text("workers.isolation") == "worker" ? Isolation::worker : Isolation::document;
  options.part_pages = static_cast<int>(config.integer("workers.part_pages"));
  options.task_timeout = config.duration("limits.task_timeout");
  options.base_timeout = config.duration("limits.base_timeout");
  options.page_timeout = config.duration("limits.page_timeout");
  options.stall_timeout = config.duration("limits.stall_timeout");
  options.memory_limit = config.bytes("limits.memory");
  options.output_limit = config.bytes("limits.output");
  options.result_limit = config.bytes("results.inline_limit");
  options.max_pages = static_cast<int>(config.integer("limits.pages"));
  options.max_pixels = config.bytes("limits.pixels");
  options.lease_time = config.duration("lease.time");
  options.heartbeat = config.duration("lease.heartbeat");
  options.drain_timeout = config.duration("lease.drain_timeout");
  options.hedge_after = config.duration("lease.hedge_after");
  return options;
}

std::unique_ptr<PageCache> open_page_cache(const Config& config, const fs::path& state) {
  const auto most = config.bytes("cache.size");
  if (most == 0) return nullptr;
  const fs::path given = config.text("cache.directory");
  return std::make_unique<PageCache>((given.empty() ? state / "cache" : fs::absolute(given)).string(), most);
}

RetryPolicy retry_policy(const Config& config) {
  RetryPolicy policy;
  policy.max_attempts = static_cast<int>(config.integer("retry.attempts"));
  policy.max_deliveries = static_cast<int>(config.integer("retry.deliveries"));
  policy.backoff_base = config.duration("retry.backoff_base");
  policy.backoff_cap = config.duration("retry.backoff_cap");
  return policy;
}

}  // namespace docmill
