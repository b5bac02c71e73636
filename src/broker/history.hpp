// History: what processes asked of a broker and what they were told, so that it can be proved afterwards whether the
// broker kept its promises (audit.hpp). RecordingBroker writes it, read_history() reads it.
//
// A file of JSON lines, one for each call and one for each answer. Several processes may write the same file. Lines:
//
//   {"at":…,"tick":…,"process":"k3v9…","opened":{"pid":…,"host":…,"clock":…,"version":…}}     first line of a process
//   {"at":…,"tick":…,"process":"k3v9…","call":17,"ask":"exchange", …what was asked… }
//   {"at":…,"tick":…,"process":"k3v9…","call":17,"answer":"yes", …what was told… }
//
// `at`: milliseconds since the epoch, on the clock of that machine: for people. `tick`: nanoseconds on its monotonic
// clock, for the order of events: two ticks can be compared where the `clock` of their processes is the same (one boot
// of one kernel, one time namespace). A call without an answer may or may not have taken effect, and so may one whose
// answer is "lost" (an exception). Of results and names only digests are kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker.hpp"
#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {

enum class Ask { create, add_documents, seal, exchange, renew, status, cancel, pause, resume, retry_failed, remove };
std::string_view to_string(Ask ask);

struct HistoryPlace {
  std::string file;
  std::size_t line = 0;  // from 1; 0: nowhere
};

struct RecordedCompletion {
  Token token;
  TaskRef ref;
  Completion::Kind kind = Completion::Kind::done;
  Outcome outcome = Outcome::ok;  // done
  std::string digest;             // done: of the result
  std::uint64_t pages = 0;        // done
};

struct RecordedTask {
  TaskRef ref;
  TaskKind kind = TaskKind::document;
  int attempt = 1;
  int deliveries = 0;
};
struct RecordedLease {
  Token token;
  JobId job;
  std::vector<RecordedTask> tasks;
};

struct RecordedProcess {
  std::string name;   // random
  std::string clock;  // names the monotonic clock that its ticks are of
  std::string host;
  int pid = 0;
};

// One call and its answer. What an operation does not have stays empty.
struct RecordedCall {
  enum class Answer {
    none,     // the process ended before, or is still waiting
    yes,      //
    refused,  // an Error: nothing changed
    lost,     // an exception: nobody knows
  };
  Ask ask = Ask::status;
  std::size_t process = 0;  // in History::processes
  HistoryPlace asked_at;
  HistoryPlace answered_at;
  std::chrono::nanoseconds asked{};
  std::chrono::nanoseconds answered{};
  Answer answer = Answer::none;

  RequestId id;
  JobId job;  // asked for, or created

  std::string key;           // create: the idempotency key, …
  std::string body;          // … and the digest of what it stands for
  RetryPolicy retry;         // create
  Millis result_ttl{0};      // create
  std::uint64_t first = 0;   // add_documents
  std::uint64_t number = 0;  // add_documents: of names; retry_failed: of documents that wait again
  std::string names;         // add_documents: digest of the names

  std::vector<RecordedCompletion> completions;  // exchange
  std::vector<std::size_t> stale;               // exchange
  std::vector<RecordedLease> leases;            // exchange
  std::vector<Token> lost;                      // renew
  Counters counters;                            // status
};

struct History {
  std::vector<RecordedProcess> processes;
  std::vector<RecordedCall> calls;  // those of one process in the order in which it made them
  std::vector<HistoryPlace> torn;   // lines that were not finished: their processes died while they wrote
};

// Adds what `file` holds. not_found, access_denied: it cannot be read. unreadable: it is no history.
Status read_history(const std::string& file, History& history);

// The first half of a SHA-256, in hexadecimal: of a text, and of names one after the other.
std::string digest_of(std::string_view text);
std::string digest_of(std::span<const std::string> names);

}  // namespace docmill
