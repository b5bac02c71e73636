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
#include "runtime/clock.hpp"

namespace CLI {
class App;
}

namespace docmill::cli {

class Session;

// Where `docmill run -o DIR` keeps its state.
std::filesystem::path state_directory(const std::filesystem::path& output);

// A queue that is open, with the loop that its calls run on.
class Queue {
 public:
  // Stop: there is none in `directory`.
  explicit Queue(const std::filesystem::path& directory);

  Broker& broker() { return *broker_; }

  // Runs `task` to its end and returns its value; what it throws is thrown here.
  int drive(awaitable<int> task);

 private:
  boost::asio::io_context loop_;
  SystemClock clock_;
  std::unique_ptr<Broker> broker_;
};

// -o DIR and --data-dir, for the commands that look at a queue.
struct QueueFlags {
  std::string output;
  bool json = false;

  void add_to(CLI::App& command, Session& session);
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
