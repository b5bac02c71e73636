// The words of docmill as types: jobs, tasks, their states and counters. Values, no behaviour.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace docmill {

using Millis = std::chrono::milliseconds;

// Times that are stored are milliseconds since the Unix epoch on the broker's clock (promise 7: one clock).
using TimePoint = Millis;

// Strong names for what would otherwise all be strings and integers.
struct JobId {
  std::string value;  // 16 lower-case letters and digits, random
  auto operator<=>(const JobId&) const = default;
};
struct NodeId {
  std::string value;  // random per start of a process: a reused name would hide a dead node
  auto operator<=>(const NodeId&) const = default;
};
struct Token {
  std::uint64_t value = 0;  // never given twice by one broker
  auto operator<=>(const Token&) const = default;
};

enum class Priority { low, normal, high, critical };

struct PriorityInfo {
  Priority priority;
  std::string_view name;
  int weight;  // share of the turns
};
inline constexpr std::array priorities{
    PriorityInfo{Priority::low, "low", 1},
    PriorityInfo{Priority::normal, "normal", 4},
    PriorityInfo{Priority::high, "high", 16},
    PriorityInfo{Priority::critical, "critical", 64},
};
std::string_view to_string(Priority priority);
std::optional<Priority> priority_from_string(std::string_view name);
int weight_of(Priority priority);

// How often and how fast a task is tried again.
struct RetryPolicy {
  int max_attempts = 3;     // executions that may fail before the task is dead
  int max_deliveries = 10;  // leases that may be lost with their node before the task is dead
  Millis backoff_base{1'000};
  Millis backoff_cap{60'000};

  bool operator==(const RetryPolicy&) const = default;
};

// What a user submits, less the list of documents.
struct JobSpec {
  std::string name;            // for people; may be empty
  std::string pipeline;        // "ocr", "preprocessing,ocr": stages in order
  std::string options = "{}";  // JSON object; opaque to the broker
  Priority priority = Priority::normal;
  RetryPolicy retry;
  Millis result_ttl{0};         // removed so long after its end; 0: kept until it is removed by hand
  std::string idempotency_key;  // empty: none. Lives as long as the job
  std::string body_digest;      // of documents and everything above; compared when the key is seen again
  // What a node must offer to be given its tasks: words, ascending, each once (core/needs.hpp). Empty: nothing.
  std::vector<std::string> needs;

  bool operator==(const JobSpec&) const = default;
};

// A job's state is derived from its flags and counters, first row that fits.
enum class JobState {
  cancelled,  // by the user; nothing of it runs or will run
  open,       // documents are still being added
  finished,   // every document is done or failed
  paused,     // by the user; goes on with resume
  running,
};
std::string_view to_string(JobState state);
std::optional<JobState> job_state_from_string(std::string_view name);

enum class TaskState { waiting, leased, retrying, done, failed, cancelled };
std::string_view to_string(TaskState state);
std::optional<TaskState> task_state_from_string(std::string_view name);

// Documents of one job by state. Promise 3: the six always sum to the number of documents.
struct Counters {
  std::uint64_t waiting = 0;
  std::uint64_t leased = 0;
  std::uint64_t retrying = 0;
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;

  std::uint64_t total() const { return waiting + leased + retrying + done + failed + cancelled; }
  bool operator==(const Counters&) const = default;
};

// How well a done document went. A failed one has an Error instead.
enum class Outcome { ok, partial };
std::string_view to_string(Outcome outcome);

// 1-based, both ends included. {0, 0}: the whole document.
struct PageRange {
  int first = 0;
  int last = 0;
  auto operator<=>(const PageRange&) const = default;
};

// What a node may be given to run.
enum class TaskKind {
  document,  // a whole document
  part,      // a range of its pages
  merge,     // all its parts are final: put them together
};

// Names a task within its job.
struct TaskRef {
  std::uint64_t index = 0;  // of the document, 0-based
  int part = 0;             // 0: the document itself (kind document or merge); 1…n: that part
  auto operator<=>(const TaskRef&) const = default;
};

}  // namespace docmill
