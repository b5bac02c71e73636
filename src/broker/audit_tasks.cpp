// What the auditor asks of each task: its leases, its completions, its result.
#include <algorithm>

#include "broker/audit_case.hpp"

namespace docmill::audit_case {
namespace {

using enum Violation;

// Ends the task for good. A failure may not, also a permanent one: while two leases hold a task, that of one is
// accepted and changes nothing.
bool is_final(const RecordedCompletion& completion) {
  return completion.kind == Completion::Kind::done || completion.kind == Completion::Kind::split;
}

std::vector<HistoryPlace> places(const std::vector<const Commit*>& commits) {
  std::vector<HistoryPlace> found;
  for (const auto* commit : commits) found.push_back(commit->request->first().asked_at);
  return found;
}

std::string task_text(const TaskKey& key) {
  if (key.ref.part != 0) return "part " + std::to_string(key.ref.part);
  return key.merge ? "the merge of its parts" : "the document";
}

void check_grants(Case& the_case, const TaskKey& key, const TaskHistory& task) {
  const auto* policy = the_case.retry_policy(key.job);
  if (policy == nullptr) return;
  for (const auto& grant : task.grants) {
    const auto& line = grant.request->answered()->answered_at;
    if (grant.task.attempt > policy->max_attempts) {
      the_case.find(too_many_attempts, key.job, key.ref.index,
                    task_text(key) + " was given out for attempt " + std::to_string(grant.task.attempt) + " of " +
                        std::to_string(policy->max_attempts),
                    {line});
    }
    if (grant.task.deliveries >= policy->max_deliveries) {
      the_case.find(too_many_deliveries, key.job, key.ref.index,
                    task_text(key) + " was given out after " + std::to_string(grant.task.deliveries) +
                        " lost deliveries of " + std::to_string(policy->max_deliveries),
                    {line});
    }
  }
}

// A task waits anew when an attempt or a delivery was spent, or when it was given back; each time two nodes at most may
// hold it; each of them reports one failure at most.
std::uint64_t most_failures(const RetryPolicy& policy, std::uint64_t lives, const TaskHistory& task) {
  const auto spent =
      static_cast<std::uint64_t>(policy.max_attempts) + static_cast<std::uint64_t>(policy.max_deliveries);
  const auto given_back = std::ranges::count_if(task.commits, [](const Commit& commit) {
    return commit.completion.kind == Completion::Kind::released && commit.verdict != Verdict::refused;
  });
  return 2 * (lives * spent + static_cast<std::uint64_t>(given_back));
}

// How many completions were accepted.
void check_number(Case& the_case, const TaskKey& key, const TaskHistory& task) {
  std::map<Token, std::vector<const Commit*>> by_token;
  std::vector<const Commit*> final_ones;
  std::vector<const Commit*> failures;
  for (const auto& commit : task.commits) {
    if (commit.verdict != Verdict::accepted) continue;
    by_token[commit.completion.token].push_back(&commit);
    if (is_final(commit.completion)) final_ones.push_back(&commit);
    if (commit.completion.kind == Completion::Kind::failed) failures.push_back(&commit);
  }
  for (const auto& [token, commits] : by_token) {
    if (commits.size() < 2) continue;
    the_case.find(committed_twice, key.job, key.ref.index,
                  task_text(key) + ": " + std::to_string(commits.size()) + " completions were accepted under token " +
                      std::to_string(token.value),
                  places(commits));
  }
  const auto lives = 1 + the_case.retries(key.job);
  if (final_ones.size() > lives) {
    the_case.find(committed_twice, key.job, key.ref.index,
                  task_text(key) + " was completed " + std::to_string(final_ones.size()) + " times",
                  places(final_ones));
  }
  const auto* policy = the_case.retry_policy(key.job);
  if (policy != nullptr && failures.size() > most_failures(*policy, lives, task)) {
    the_case.find(too_many_attempts, key.job, key.ref.index,
                  task_text(key) + " failed " + std::to_string(failures.size()) + " times; " +
                      std::to_string(policy->max_attempts) + " attempts are allowed",
                  places(failures));
  }
}

// Promise 2: a lease that has ended commits nothing.
void check_stale(Case& the_case, const TaskKey& key, const TaskHistory& task, const Commit& commit) {
  const auto token = commit.completion.token;
  const auto& asked = commit.request->first();
  const auto report = [&](const std::string& why, const HistoryPlace& evidence) {
    the_case.find(
        stale_accepted, key.job, key.ref.index,
        task_text(key) + ": a completion was accepted under token " + std::to_string(token.value) + " after " + why,
        {evidence, asked.asked_at});
  };
  for (const auto* renewal : the_case.tokens().at(token).lost) {
    if (the_case.precedes(*renewal, asked)) return report("its node was told that it is lost", renewal->answered_at);
  }
  for (const auto& other : task.commits) {
    if (other.verdict != Verdict::refused || other.completion.token != token) continue;
    if (key.merge && other.completion.kind == Completion::Kind::split) continue;  // refused for what it is
    const auto* refused = other.request->answered();
    if (refused != nullptr && the_case.precedes(*refused, asked)) {
      return report("one was refused under it", refused->answered_at);
    }
  }
  if (the_case.retries(key.job) > 0) return;  // attempts and deliveries may have begun anew: no telling what came first
  const auto own = std::ranges::find(task.grants, token, &Grant::token);
  for (const auto& other : task.grants) {
    const bool later = other.task.attempt > own->task.attempt || other.task.deliveries > own->task.deliveries;
    if (later && the_case.precedes(*other.request->answered(), asked)) {
      return report("the task was given out again under token " + std::to_string(other.token.value),
                    other.request->answered()->answered_at);
    }
  }
}

// Everything that was reported of a document as a whole, under whichever of its two tasks.
struct DocumentHistory {
  std::vector<const Commit*> accepted;  // done
  std::vector<const Commit*> possible;  // done, or so it may be
  std::vector<const Grant*> grants;
};

DocumentHistory history_of(const Case& the_case, const JobId& job, std::uint64_t index) {
  DocumentHistory document;
  for (const bool merge : {false, true}) {
    const auto task = the_case.tasks().find(TaskKey{job, TaskRef{index, 0}, merge});
    if (task == the_case.tasks().end()) continue;
    for (const auto& commit : task->second.commits) {
      if (commit.completion.kind != Completion::Kind::done || commit.verdict == Verdict::refused) continue;
      document.possible.push_back(&commit);
      if (commit.verdict == Verdict::accepted) document.accepted.push_back(&commit);
    }
    for (const auto& grant : task->second.grants) document.grants.push_back(&grant);
  }
  return document;
}

void check_document(Case& the_case, const JobInTheEnd& end, const TaskInfo& task, const RecordedResult* result) {
  const auto& job = end.status.id;
  const auto document = history_of(the_case, job, task.index);
  if (document.accepted.size() > 1) {
    the_case.find(committed_twice, job, task.index, std::to_string(document.accepted.size()) + " results were accepted",
                  places(document.accepted));
  }
  for (const auto* commit : document.accepted) {
    for (const auto* grant : document.grants) {
      if (!the_case.precedes(*commit->request->answered(), grant->request->first())) continue;
      the_case.find(leased_when_done, job, task.index, "it was given out after its result was acknowledged",
                    {commit->request->answered()->answered_at, grant->request->answered()->answered_at});
    }
  }
  const auto is_result = [&](const Commit* commit) {
    return commit->completion.digest == result->digest && commit->completion.outcome == result->outcome;
  };
  if (result == nullptr || task.state != TaskState::done) {
    if (document.accepted.empty() || !end.ended()) return;
    the_case.find(result_lost, job, task.index,
                  "its result was acknowledged, and it is " + std::string(to_string(task.state)) +
                      (result == nullptr ? " without a result" : ""),
                  places(document.accepted));
  } else if (!document.accepted.empty() && std::ranges::none_of(document.accepted, is_result)) {
    the_case.find(result_changed, job, task.index, "its result is not the one that was accepted",
                  places(document.accepted));
  } else if (std::ranges::none_of(document.possible, is_result)) {
    the_case.find(result_of_nobody, job, task.index, "nobody is known to have reported its result",
                  places(document.possible));
  }
}

}  // namespace

void check_results(Case& the_case) {
  for (const auto& end : the_case.jobs()) {
    std::map<std::uint64_t, const RecordedResult*> by_index;
    for (const auto& result : end.results) {
      if (by_index.try_emplace(result.index, &result).second) continue;
      the_case.find(listed_twice, end.status.id, result.index, "it has two results", {});
    }
    if (!the_case.created(end.status.id)) continue;  // others, unrecorded, may have worked on it
    for (const auto& task : end.tasks) {
      const auto result = by_index.find(task.index);
      check_document(the_case, end, task, result == by_index.end() ? nullptr : result->second);
    }
  }
}

void check_tasks(Case& the_case) {
  for (const auto& [key, task] : the_case.tasks()) {
    check_grants(the_case, key, task);
    check_number(the_case, key, task);
    for (const auto& commit : task.commits) {
      if (commit.verdict == Verdict::accepted) check_stale(the_case, key, task, commit);
    }
  }
}

}  // namespace docmill::audit_case
