// The rows of the embedded broker's tables as values. Their meaning is written at the tables, in schema.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/rules.hpp"
#include "core/error.hpp"
#include "core/job.hpp"

namespace docmill::sqlite {

struct QueueRow {
  std::uint64_t last_token = 0;
  std::uint64_t virtual_time = 0;
  std::uint64_t jobs = 0;
  Counters documents;
  std::uint64_t leases = 0;
  std::uint64_t removed = 0;

  bool operator==(const QueueRow&) const = default;
};

struct JobRow {
  std::uint64_t number = 0;
  JobId id;
  std::string pipeline;
  std::string needs;    // the words, joined
  Millis result_ttl{};  // 0: kept for ever
  std::uint64_t hedges = 0;
  Priority priority = Priority::normal;
  bool sealed = false;
  bool paused = false;
  bool cancelled = false;
  bool removed = false;
  bool servable = false;
  std::uint64_t virtual_time = 0;
  std::uint64_t documents = 0;
  std::uint64_t cursor = 0;
  Counters counters;
  std::uint64_t partial = 0;
  std::uint64_t pages = 0;
  TimePoint created_at{};
  TimePoint touched_at{};
  TimePoint finished_at{};
  std::uint64_t version = 1;
  std::uint64_t singles = 0;
  std::uint64_t runs = 0;
  std::uint64_t leases = 0;
  std::uint64_t results = 0;

  bool operator==(const JobRow&) const = default;
};

// State of a row of `tasks`. The numbers are stored.
enum class WorkState { waiting = 0, leased = 1, retrying = 2, done = 3, failed = 4, split = 5 };

struct TaskRow {
  std::uint64_t job = 0;
  TaskRef ref;
  WorkState state = WorkState::waiting;
  int attempts = 0;
  int deliveries = 0;
  TimePoint due{};
  Error error;
  PageRange pages;       // of a part
  bool merging = false;  // from here on: of a document that was split
  int parts = 0;
  int parts_waiting = 0;
  int parts_leased = 0;
  int parts_retrying = 0;

  int parts_final() const { return parts - parts_waiting - parts_leased - parts_retrying; }
};

struct LeaseRow {
  Token token;
  std::uint64_t job = 0;
  bool single = false;
  TaskRef first;
  std::uint64_t count = 1;
  int deliveries = 0;
  TimePoint expires_at{};
  Millis lease_time{};
  std::vector<bool> finished;  // by position in the run
  NodeId node;
  TimePoint granted_at{};

  bool holds(TaskRef ref) const {
    if (single) return count > 0 && ref == first;
    return ref.part == 0 && ref.index >= first.index && ref.index - first.index < count &&
           !finished[ref.index - first.index];
  }
  bool holds_any() const { return single ? count > 0 : std::ranges::count(finished, false) > 0; }
  void let_go(TaskRef ref) {
    if (single) {
      count = 0;
    } else {
      finished[ref.index - first.index] = true;
    }
  }
};

// A task that was given a second time since it last waited, and the two leases.
struct HedgeRow {
  std::uint64_t job = 0;
  TaskRef ref;
  Token first;   // value 0: it holds the task no more
  Token second;  // the same

  Token other(Token token) const { return token == first ? second : first; }
  void drop(Token token) { (token == first ? first : second) = Token{}; }
};

struct RunRow {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  int deliveries = 0;
};

// The first key of a job in `names` and `results`, where key = job * 2^32 + position.
inline constexpr std::uint64_t keys_per_job = rules::most_documents;
inline std::uint64_t chunk_key(std::uint64_t job, std::uint64_t position) { return job * keys_per_job + position; }

}  // namespace docmill::sqlite
