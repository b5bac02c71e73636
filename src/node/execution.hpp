// Execution: one task from its opening to its completion: the source, the outputs, the record.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/ledger.hpp"
#include "node/limits.hpp"
#include "node/node.hpp"
#include "node/page_cache.hpp"
#include "node/record.hpp"
#include "node/sources.hpp"
#include "node/worker_pool.hpp"

namespace docmill {

// What executions share; all of it outlives them.
struct ExecutionContext {
  const NodeOptions& options;
  ArtifactStore& artifacts;
  const Clock& clock;
};

// Where outputs cannot be written at all (a full disk) going on has no sense: such errors are thrown as SystemError by
// every method that touches them (unavailable with NodeOptions::output_pause, else misconfigured). The task is to be
// given back.
class Execution {
 public:
  Execution(const ExecutionContext& context, Work work, std::uint64_t id)
      : context_(context), work_(std::move(work)), id_(id), clock_(context.options, context.clock.monotonic()) {}
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  ~Execution() {
    if (!disowned_) context_.artifacts.discard(work_.owner());
  }

  // Its lease is lost: somebody else may run the task now, even here, and the outputs are theirs.
  void disown() {
    context_.artifacts.discard(work_.owner());
    disowned_ = true;
  }

  // Checks that outputs may be written and opens the document, which may have to be fetched. An Error is the task's,
  // and final by its code.
  boost::asio::awaitable<Status> prepare();
  // Whether prepare() would wait for nothing but the file system.
  static bool prepares_at_once(const Work& work);

  // What to send to the worker, once.
  protocol::Task task_message() const;
  std::vector<Descriptor> take_descriptors() { return std::move(descriptors_); }

  // It is the one that its worker runs now.
  void begin() { clock_ = TaskClock(context_.options, context_.clock.monotonic()); }
  void progress(const protocol::Progress& progress) { clock_.progress(progress, context_.clock.monotonic()); }

  // The file for an output that the worker asks for; empty: refused, and the task will fail for it.
  Descriptor create_artifact(const std::string& name);

  // What is kept under a key, or a file to write it to, which takes the place of one that was given before.
  EntryAnswer find_entry(const protocol::WantEntry& want);
  // The file of find_entry() has been written; of another key: does nothing.
  void keep_entry(const protocol::KeepEntry& keep);

  // Whether a failure for good concerns the page that the worker was at and no other: then the task may be run again,
  // with that among its lost pages.
  bool can_go_on_without_page(const Error& error, bool retryable) const;

  // The ends: what to report. Outputs are published before; attempts that may be repeated leave none.
  boost::asio::awaitable<Completion> complete(protocol::TaskResult result);
  Completion fail_with(Error error, bool retryable, double cpu_seconds, std::uint64_t peak_memory);
  // After a failure for good, once: the record that is to be published when the broker has accepted it, and not before:
  // whoever had the task first, while our lease was lost, may have published good outputs. Empty: none.
  std::string take_failure_record() { return std::exchange(failure_record_, {}); }

  std::uint64_t id() const { return id_; }
  const Work& work() const { return work_; }
  TaskClock& clock() { return clock_; }

 private:
  bool has_outputs() const;
  Error passed_on(Error error) const;
  boost::asio::awaitable<Result<Source>> find_source();
  boost::asio::awaitable<Result<Completion>> complete_checked(const protocol::TaskResult& result);
  Status check_result(const protocol::TaskResult& result) const;
  Completion split(const protocol::TaskResult& result) const;
  RecordFacts facts(std::string_view outcome) const;
  boost::asio::awaitable<Status> open_part_trees();
  Status check_size() const;
  bool is_final(bool retryable) const;
  // For a merge of parts of which every one failed: the error of the first. Null: there is something to merge.
  const Error* nothing_to_merge() const;

  const ExecutionContext& context_;
  Work work_;
  std::uint64_t id_;
  TaskClock clock_;
  std::vector<Descriptor> descriptors_;  // the document, then the trees of the parts
  std::vector<int> part_trees_;
  bool disowned_ = false;
  bool has_source_ = false;
  std::uint64_t source_bytes_ = 0;
  TimePoint source_modified_{};
  std::map<std::string, Descriptor> created_;  // outputs, open so that their size can be asked for
  std::optional<PageCache::Draft> draft_;      // what the worker writes for the cache now
  std::optional<Error> refusal_;               // why an output was refused
  std::string failure_record_;
};

}  // namespace docmill
