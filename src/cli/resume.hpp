// Resume: what a repeated `docmill run` still has to do, and the job in which it does it.
//
// A job's idempotency key is the SHA-256 of pipeline, options and the list of (name, size, time of modification), and a
// serial number.
//  * The same list, and its job is not at its end: that job goes on, at the very page ranges where it was.
//  * The same list, and all that is left to do are failures: they get fresh attempts in that job.
//  * Anything else: unfinished jobs of this directory are cancelled; a document is done if the last job with the same
//    pipeline and options that had it has a result for a source of this size and time, and its outputs are still there;
//    a new job gets the others.
// On a server, "jobs of this directory" are those that need the word of this run, which is also part of the key.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/broker.hpp"
#include "cli/inputs.hpp"

namespace docmill::cli {

struct RunRequest {
  std::filesystem::path output;
  std::string name;  // of the job, for people
  std::string pipeline;
  boost::json::object options;  // resolved
  RetryPolicy retry;
  // On a queue that others use, too: what this run's jobs need, and its node alone offers (core/needs.hpp). Jobs that
  // need anything else are not this run's, and are left alone. Empty: the queue is its own.
  std::string reserved_word;
};

struct RunPlan {
  std::optional<JobId> job;          // none: there is nothing to do
  bool goes_on = false;              // it is an earlier job
  std::uint64_t done_before = 0;     // documents that need no more work, less those that `job` itself counts
  std::uint64_t partial_before = 0;  // of them
  std::uint64_t invalid_before = 0;  // likewise: by the verdict of the stage validation
  std::uint64_t done_in_job = 0;     // of `job`, before this run
};

class Resume {
 public:
  // Both references outlive it. Only one process may plan or work on the output directory (OutputLock).
  Resume(Broker& broker, RunRequest request, const std::vector<Input>& inputs);

  // Finds or makes the job. Stop, SystemError.
  awaitable<RunPlan> plan();

 private:
  awaitable<void> find_jobs();
  awaitable<bool> adopt_unfinished(const JobStatus& job);
  awaitable<void> cancel_unfinished();
  awaitable<void> find_done();
  awaitable<void> find_done_in(const JobStatus& job);
  awaitable<bool> only_failures_left(const JobStatus& job);
  awaitable<void> retry(JobId job);
  awaitable<JobId> submit(std::string key);

  bool has_same_options(const JobSpec& spec) const;
  void judge(JobId job, std::string_view document, const ResultRow& row);
  RequestId next_request();

  Broker& broker_;
  const RunRequest request_;
  const std::vector<Input>& inputs_;
  RequestId last_request_;
  std::vector<JobStatus> jobs_;  // newest first
  enum class Verdict : std::uint8_t { unknown, to_do, done, partial };
  std::vector<Verdict> verdicts_;                              // by input
  std::unordered_map<std::string, std::uint64_t> invalid_in_;  // done documents that are invalid, by job
  std::unordered_map<std::string_view, std::size_t> by_stem_;
};

// The leases of nodes that are dead for sure, because their lock is ours now, are taken back at once instead of at
// their expiry.
awaitable<void> take_back_leases(Broker& broker_with_late_clock);

// The word for RunRequest::reserved_word: the same for each run on this host into `output`, which exists; other runs
// have others.
std::string reserved_word(const std::filesystem::path& output);

// SHA-256 over what makes a run the same, in hexadecimal.
std::string run_key(const RunRequest& request, const std::vector<Input>& inputs);

}  // namespace docmill::cli
