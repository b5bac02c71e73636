// The queue that a command looks at, and the job in it that the user means.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "cli/command.hpp"
#include "core/config.hpp"
#include "runtime/clock.hpp"
#include "system/parts.hpp"

namespace docmill::cli {

class Session;

// Where `docmill run -o DIR` keeps its state.
std::filesystem::path state_directory(const std::filesystem::path& output);

// The queue that a command works on: that of `docmill run -o OUTPUT` where an output directory is given; else the
// server of redis.url; else the data directory. Stop: both are given as flags.
QueuePlace queue_place(const Session& session, const std::string& output = "");

// Runs `task` on `loop` to its end and returns its value; what it throws is thrown here.
int drive(boost::asio::io_context& loop, awaitable<int> task);

enum class Missing { refuse, make };

// A queue that is open, with the loop that its calls run on.
class Queue {
 public:
  // Stop: there is none in the directory, and none shall be made. SystemError as open_broker().
  Queue(const Config& config, const QueuePlace& place, Missing missing = Missing::refuse);

  Broker& broker() { return *broker_; }
  boost::asio::io_context& loop() { return loop_; }

  int drive(awaitable<int> task) { return cli::drive(loop_, std::move(task)); }

 private:
  boost::asio::io_context loop_;
  SystemClock clock_;
  std::unique_ptr<Broker> broker_;
};

// Configuration keys that say where a queue is and how it is reached.
bool is_queue_key(const ConfigKey& key);

// -o DIR, --json and the flags of is_queue_key(), for the commands that look at a queue.
struct QueueFlags {
  std::string output;
  bool json = false;

  void add_to(Command command, Session& session);
  // Stop: the configuration is wrong, or there is no queue there.
  Queue open(Session& session) const;
};

// The job whose id begins with `prefix`. Stop: none does, or several do.
awaitable<JobStatus> find_job(Broker& broker, std::string prefix);

awaitable<std::vector<JobStatus>> all_jobs(Broker& broker);

boost::json::object job_json(const JobStatus& job);

// "412 of 500 documents: 3 failed, 1 partial, 85 waiting"
std::string progress_text(const JobStatus& job);

}  // namespace docmill::cli
