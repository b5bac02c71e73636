// AuditCase: the histories put in order for the auditor: requests, leases and completions by task. Internal to audit.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/audit.hpp"

namespace docmill::audit_case {

// One request, however often it was sent. Its number tells that two calls are the same request.
struct Request {
  std::vector<const RecordedCall*> calls;  // in the order in which they were made; never empty

  const RecordedCall& first() const { return *calls.front(); }
  const RecordedCall* answered() const;  // the first call that got its answer, or null
  // It took effect; it did not (refused); or nobody knows.
  bool happened() const { return answered() != nullptr; }
  bool may_have_happened() const;
};

// A task as it is leased: a document that was split comes again, as its merge.
struct TaskKey {
  JobId job;
  TaskRef ref;
  bool merge = false;
  auto operator<=>(const TaskKey&) const = default;
};

struct Grant {
  Token token;
  RecordedTask task;
  const Request* request;
};

enum class Verdict { accepted, refused, unknown };

struct Commit {
  RecordedCompletion completion;
  const Request* request;
  Verdict verdict;
};

struct TaskHistory {
  std::vector<Grant> grants;
  std::vector<Commit> commits;
};

struct TokenHistory {
  JobId job;
  const Request* granted = nullptr;
  std::vector<const RecordedCall*> lost;  // renewals that said so
};

class Case {
 public:
  // Both must outlive the case.
  Case(const History& history, const std::vector<JobInTheEnd>& jobs);
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  // Whether `a` is known to have been answered before `b` was asked.
  bool precedes(const RecordedCall& a, const RecordedCall& b) const;
  bool same_clock(const RecordedCall& a, const RecordedCall& b) const;

  const JobInTheEnd* job(const JobId& id) const;
  // Times that failed documents of the job may have been given fresh attempts.
  std::uint64_t retries(const JobId& job) const;
  bool created(const JobId& job) const;  // by one of these processes
  // As it was submitted, or stands in the broker; null: not known.
  const RetryPolicy* retry_policy(const JobId& job) const;

  // All requests of that kind.
  std::vector<const Request*> requests(Ask ask) const;

  const std::map<TaskKey, TaskHistory>& tasks() const { return tasks_; }
  const std::map<Token, TokenHistory>& tokens() const { return tokens_; }
  const History& history() const { return history_; }
  const std::vector<JobInTheEnd>& jobs() const { return jobs_; }

  void find(Violation violation, const JobId& job, std::optional<std::uint64_t> index, std::string text,
            std::vector<HistoryPlace> lines);
  AuditReport report;

 private:
  void collect_requests();
  void collect_grants(const Request& request);
  void collect_commits(const Request& request);
  void count();

  const History& history_;
  const std::vector<JobInTheEnd>& jobs_;
  std::vector<Request> requests_;
  std::map<JobId, const JobInTheEnd*> by_id_;
  std::map<JobId, const Request*> created_;
  std::map<JobId, std::uint64_t> retries_;
  std::map<Token, TokenHistory> tokens_;
  std::map<std::pair<Token, TaskRef>, TaskKind> kinds_;  // what was given out
  std::map<TaskKey, TaskHistory> tasks_;
};

// The checks, each of one matter. They add to `the_case.report`.
void check_submission(Case& the_case);
void check_repetition(Case& the_case);
void check_books(Case& the_case);
void check_results(Case& the_case);
void check_tasks(Case& the_case);
void check_stops(Case& the_case);

}  // namespace docmill::audit_case
