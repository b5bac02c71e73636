// Builds the parts of docmill from a configuration. The only module that knows which brokers exist.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "broker/broker.hpp"
#include "core/config.hpp"
#include "core/needs.hpp"
#include "node/node.hpp"
#include "node/page_cache.hpp"
#include "runtime/clock.hpp"

namespace docmill {

// The queue that lives in `directory` (made if missing), in queue.db. Throws SystemError as open_sqlite_broker does,
// and misconfigured when the directory cannot be made.
std::unique_ptr<Broker> open_broker(boost::asio::io_context& loop, const Clock& clock,
                                    const std::filesystem::path& directory);

// `broker`, with a history of its calls where history.file asks for one. Throws as RecordingBroker does.
std::unique_ptr<Broker> with_history(std::unique_ptr<Broker> broker, const Clock& clock, const Config& config);

// Where jobs are kept: on a Redis server, or in queue.db of a directory.
struct QueuePlace {
  std::string redis_url;            // empty: in
  std::filesystem::path directory;  // this one

  bool on_redis() const { return !redis_url.empty(); }
  std::string shown() const;  // for messages, without passwords
};

// The queue there. The configuration says how to reach a server, and how long to wait for it: that is done by the first
// call, whose SystemError is unavailable when the server cannot be reached within redis.patience. Throws misconfigured
// for what is no address.
std::unique_ptr<Broker> open_broker(boost::asio::io_context& loop, const Clock& clock, const Config& config,
                                    const QueuePlace& place);

// Whether a queue exists in `directory`.
bool has_queue(const std::filesystem::path& directory);

// What SQLite's own check finds wrong with that queue's database; empty: nothing. Reads all of it. SystemError: it
// cannot be opened.
std::string queue_damage(const std::filesystem::path& directory);

// Cores that this process may use: its CPU affinity, and the CPU quota of its cgroup, rounded up. At least 1.
int usable_cores();

// docmill-worker: workers.executable, else beside this program, else in ../libexec of it. not_found: the sentence says
// where it was looked for.
Result<std::filesystem::path> find_worker(const Config& config);

// What a node with this docmill-worker can do on this machine (core/needs.hpp). Starts the program, and waits for it.
// not_found: there is none. internal: it does not answer.
Result<Words> worker_offers(const Config& config);

// How many workers the configuration asks for.
int worker_count(const Config& config);

// A node's options. not_found: there is no docmill-worker.
Result<NodeOptions> node_options(const Config& config);

// What was recognised, in cache.directory, or else in `state`/cache. Null: cache.size says that nothing is kept.
std::unique_ptr<PageCache> open_page_cache(const Config& config, const std::filesystem::path& state);

RetryPolicy retry_policy(const Config& config);

}  // namespace docmill
