// What the reference model remembers: every document and every part with its state written out, nothing derived,
// nothing packed. Counters are recounts. Slow and obviously right.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::test {

// What can be leased on its own: a document, a part, a merge.
struct Work {
  TaskState state = TaskState::waiting;
  int attempts = 0;     // spent
  int deliveries = 0;   // lost
  TimePoint due{};      // of a retrying one
  Error error;          // the last one
  bool hedged = false;  // given a second time since it last waited
};

struct Part : Work {
  PageRange pages;
  std::string result;
};

struct Document : Work {
  // Where a waiting document waits: as part of the job's tail, of a returned run, or on its own.
  enum class Place { fresh, run, single };
  std::string name;
  Place place = Place::fresh;
  std::vector<Part> parts;
  bool merging = false;  // all parts are final; `Work` above is the merge

  // Its parts are the tasks, not the document.
  bool in_parts() const { return !parts.empty() && !merging; }
};

struct ModelJob {
  JobId id;
  std::shared_ptr<const JobSpec> spec;
  bool sealed = false;
  bool paused = false;
  bool cancelled = false;
  TimePoint created_at{};
  TimePoint touched_at{};
  TimePoint finished_at{};
  std::vector<Document> documents;
  std::map<std::uint64_t, std::uint64_t> runs;  // returned ones: first index → count
  std::uint64_t cursor = 0;                     // of the first document never leased
  std::uint64_t virtual_time = 0;
  std::uint64_t partial = 0;
  std::uint64_t pages = 0;
  std::vector<ResultRow> results;
  std::uint64_t version = 1;
  bool servable = false;  // when last looked at
  JobStatus seen;         // status when last looked at

  TaskState state_of(const Document& document) const;
  Counters count() const;
  bool has_waiting() const;
  // Tasks that wait on their own, by index, then part.
  std::vector<TaskRef> waiting_singles() const;
  const Work& work(TaskRef ref) const;
  Work& work(TaskRef ref);
  JobStatus status() const;
  TaskInfo describe_document(std::uint64_t index) const;
  LeasedTask describe_task(TaskRef ref) const;
};

struct ModelLease {
  std::uint64_t job = 0;  // creation number
  bool run = false;       // of whole documents; else one single task
  NodeId node;
  TimePoint granted_at{};
  TimePoint expires_at{};
  TaskRef first;  // as it was leased
  std::set<TaskRef> held;
};

// The answer to a client's last call, to be given again.
struct ExchangeAnswer {
  std::vector<std::size_t> stale;
  std::vector<Token> tokens;
  bool more = false;
};
using ModelAnswer = std::variant<Result<CreatedJob>, ExchangeAnswer, Result<std::uint64_t>>;

struct ModelClient {
  std::uint64_t sequence = 0;
  TimePoint called_at{};
  ModelAnswer answer;
};

}  // namespace docmill::test
