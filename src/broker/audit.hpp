// The auditor: proves or refutes from the histories of all processes, and from what the broker holds in the end, that
// the promises were kept. A pure function.
//
// What it takes for granted: the histories of *all* processes that used the queue are there, from the creation of the
// jobs on, and what the broker holds was read before them. Of a job that has not ended only what cannot change is
// judged. A call whose answer was lost may have taken effect or not (as in Jepsen's checkers): it is never held against
// the broker, and what it may explain is no finding. Events of two processes are put in order only where their clocks
// are the same one; a request is judged by when it was asked first, however often it was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/history.hpp"

namespace docmill {

enum class Violation {
  // Promise 1: nothing is lost.
  job_lost,        // its creation was acknowledged, nobody removed it, and it is not there
  seal_lost,       // its sealing was acknowledged, and it is open
  documents_lost,  // names were acknowledged that it does not have
  names_changed,   // it has others
  done_went_back,  // fewer documents were done than before
  result_lost,     // a completion was acknowledged, and the document is not done
  // Promise 2: a result is committed exactly once.
  committed_twice,    // two completions of a document, or two of a task under one lease, were accepted
  listed_twice,       // a document has two results
  result_of_nobody,   // nobody reported that result for that document
  result_changed,     // it is not the one that was accepted
  token_given_twice,  // two leases have the same token
  token_of_nobody,    // a completion was accepted under a token that nobody was given for that task
  stale_accepted,     // a completion was accepted after its lease was lost, superseded or refused
  leased_when_done,   // a document was given out after its result was acknowledged
  // Promise 3: the books balance.
  books_do_not_balance,  // counters and documents disagree, or documents of a finished job are not final
  pages_do_not_balance,  // the count of pages is not the sum of those accepted
  // Promise 4: attempts are bounded.
  too_many_attempts,
  too_many_deliveries,
  // Promise 6: cancel and pause hold at once.
  leased_when_stopped,      // a lease was granted after cancel or pause was acknowledged
  accepted_when_cancelled,  // a completion was accepted after cancel was acknowledged
  // Promise 9: submitting twice is submitting once; repeating a call gives the first answer.
  submitted_twice,  // two jobs for one idempotency key, or one job for two bodies
  answer_changed,   // the same request got another answer
};

struct ViolationInfo {
  Violation violation;
  std::string_view name;
  int promise;  // as src/broker/broker.hpp and docs/guide/faults.md number them
};
const ViolationInfo& info_of(Violation violation);

struct AuditFinding {
  Violation violation;
  JobId job;
  std::optional<std::uint64_t> index;  // of the document, where it is about one
  std::string document;                // its name, where it is known
  std::string text;                    // what was promised and what happened, for a person
  std::vector<HistoryPlace> lines;     // that prove it
};

struct AuditFigures {
  std::uint64_t processes = 0;
  std::uint64_t calls = 0;
  std::uint64_t unanswered = 0;  // calls of which nobody knows whether they took effect
  std::uint64_t leased = 0;      // tasks given out
  std::uint64_t accepted = 0;    // completions
  std::uint64_t refused = 0;     // completions: stale
  std::uint64_t jobs = 0;
  std::uint64_t documents = 0;
};

struct AuditReport {
  std::vector<AuditFinding> findings;  // empty: every promise was kept, as far as it was judged
  std::vector<std::string> remarks;    // what could not be judged, and why
  AuditFigures figures;
};

struct RecordedResult {
  std::uint64_t index = 0;
  Outcome outcome = Outcome::ok;
  std::string digest;
};

// What the broker holds of a job in the end.
struct JobInTheEnd {
  JobStatus status;
  std::vector<TaskInfo> tasks;          // all documents, by index
  std::vector<RecordedResult> results;  // in the order of their commitment

  bool ended() const { return status.state == JobState::finished || status.state == JobState::cancelled; }
};

AuditReport audit(const History& history, const std::vector<JobInTheEnd>& jobs);

}  // namespace docmill
