// What the auditor asks of jobs as a whole: submission, repetition, books, cancel and pause.
#include <algorithm>
#include <set>

#include "broker/audit_case.hpp"
#include "broker/rules.hpp"

namespace docmill::audit_case {
namespace {

using enum Violation;

// By hand, or by the broker when its time has passed.
bool may_be_removed(const Case& the_case, const JobId& job) {
  const bool expires = std::ranges::any_of(the_case.requests(Ask::create), [&](const auto* request) {
    const auto* created = request->answered();
    return created != nullptr && created->job == job && created->result_ttl > Millis(0);
  });
  return expires || std::ranges::any_of(the_case.requests(Ask::remove), [&](const auto* request) {
           return request->first().job == job && request->may_have_happened();
         });
}

void check_creations(Case& the_case) {
  std::set<JobId> looked_at;
  std::map<std::string, const RecordedCall*> by_key;
  for (const auto* request : the_case.requests(Ask::create)) {
    const auto* created = request->answered();
    if (created == nullptr) continue;
    const auto& job = created->job;
    if (looked_at.insert(job).second && the_case.job(job) == nullptr && !may_be_removed(the_case, job)) {
      the_case.find(job_lost, job, std::nullopt, "its creation was acknowledged, nobody removed it, and it is gone",
                    {created->answered_at});
    }
    if (created->key.empty()) continue;
    const auto [entry, is_new] = by_key.try_emplace(created->key, created);
    const auto& earlier = *entry->second;
    if (is_new || (earlier.job == job && earlier.body == created->body)) continue;
    if (earlier.job == job) {
      the_case.find(submitted_twice, job, std::nullopt, "two different bodies were taken for the same idempotency key",
                    {earlier.answered_at, created->answered_at});
    } else if (!may_be_removed(the_case, earlier.job)) {
      the_case.find(submitted_twice, job, std::nullopt,
                    "another job, " + earlier.job.value + ", was made before for the same idempotency key",
                    {earlier.answered_at, created->answered_at});
    }
  }
}

// Whether other names may have been there before. Adding again what is there is harmless, and nobody compares the
// names.
bool may_be_there_already(const Case& the_case, const RecordedCall& added) {
  return std::ranges::any_of(the_case.requests(Ask::add_documents), [&](const auto* request) {
    const auto& other = request->first();
    const bool overlaps = other.first < added.first + added.number && added.first < other.first + other.number;
    return other.job == added.job && overlaps && other.names != added.names && request->may_have_happened() &&
           !the_case.precedes(added, other);
  });
}

void check_names(Case& the_case, const RecordedCall& added) {
  const auto* end = the_case.job(added.job);
  if (end == nullptr) return;  // job_lost, or removed
  if (added.first + added.number > end->tasks.size()) {
    the_case.find(documents_lost, added.job, std::nullopt,
                  "documents " + std::to_string(added.first) + " to " + std::to_string(added.first + added.number) +
                      " were acknowledged, and it has " + std::to_string(end->tasks.size()),
                  {added.answered_at});
    return;
  }
  std::vector<std::string> names;
  for (std::size_t i = added.first; i < added.first + added.number; ++i) names.push_back(end->tasks[i].document);
  if (digest_of(std::span<const std::string>(names)) != added.names && !may_be_there_already(the_case, added)) {
    the_case.find(names_changed, added.job, added.first,
                  "the " + std::to_string(added.number) + " names from there on are not those that were acknowledged",
                  {added.asked_at, added.answered_at});
  }
}

void check_recount(Case& the_case, const JobInTheEnd& end) {
  Counters recount;
  for (const auto& task : end.tasks) ++rules::counter(recount, task.state);
  const auto& status = end.status;
  const auto wrong = [&](const std::string& text) {
    the_case.find(books_do_not_balance, status.id, std::nullopt, text, {});
  };
  for (const auto state : {TaskState::waiting, TaskState::leased, TaskState::retrying, TaskState::done,
                           TaskState::failed, TaskState::cancelled}) {
    Counters counters = status.counters;
    const auto counted = rules::counter(counters, state);
    const auto found = rules::counter(recount, state);
    if (counted == found) continue;
    wrong("the books say " + std::to_string(counted) + " " + std::string(to_string(state)) + " and there are " +
          std::to_string(found));
  }
  if (end.results.size() != status.counters.done) {
    wrong("the books say " + std::to_string(status.counters.done) + " done and there are " +
          std::to_string(end.results.size()) + " results");
  }
  const auto partial =
      static_cast<std::uint64_t>(std::ranges::count(end.results, Outcome::partial, &RecordedResult::outcome));
  if (partial != status.partial) {
    wrong("the books say " + std::to_string(status.partial) + " partial and there are " + std::to_string(partial));
  }
}

void check_pages(Case& the_case, const JobInTheEnd& end) {
  const auto& id = end.status.id;
  if (!the_case.created(id) || !end.ended()) return;
  std::uint64_t certain = 0;
  std::uint64_t possible = 0;
  for (auto task = the_case.tasks().lower_bound(TaskKey{id, {}, false});
       task != the_case.tasks().end() && task->first.job == id; ++task) {
    if (task->first.merge) continue;  // its pages were counted with the parts
    for (const auto& commit : task->second.commits) {
      if (commit.verdict != Verdict::refused) possible += commit.completion.pages;
      if (commit.verdict == Verdict::accepted) certain += commit.completion.pages;
    }
  }
  if (end.status.pages < certain || end.status.pages > possible) {
    the_case.find(pages_do_not_balance, id, std::nullopt,
                  "the books say " + std::to_string(end.status.pages) + " pages; those accepted are " +
                      std::to_string(certain) + (certain == possible ? "" : " to " + std::to_string(possible)),
                  {});
  }
}

// What the broker itself says of attempts and deliveries.
void check_bounds(Case& the_case, const JobInTheEnd& end) {
  const auto& policy = end.status.spec.retry;
  for (const auto& task : end.tasks) {
    if (task.attempts > policy.max_attempts) {
      the_case.find(too_many_attempts, end.status.id, task.index,
                    std::to_string(task.attempts) + " attempts of " + std::to_string(policy.max_attempts), {});
    }
    if (task.deliveries > policy.max_deliveries) {
      the_case.find(too_many_deliveries, end.status.id, task.index,
                    std::to_string(task.deliveries) + " deliveries of " + std::to_string(policy.max_deliveries), {});
    }
  }
}

bool same_answer(const RecordedCall& first, const RecordedCall& again) {
  if (first.ask == Ask::create) return first.job == again.job;
  if (first.ask == Ask::retry_failed) return first.number == again.number;
  // Leases that do not hold any more are not given again.
  return first.stale == again.stale && std::ranges::all_of(again.leases, [&](const auto& lease) {
           return std::ranges::find(first.leases, lease.token, &RecordedLease::token) != first.leases.end();
         });
}

// Whether a resume may have taken effect after `pause` and before the leases of `exchange` were granted.
bool may_be_resumed(const Case& the_case, const RecordedCall& pause, const RecordedCall& exchange) {
  return std::ranges::any_of(the_case.requests(Ask::resume), [&](const auto* resume) {
    const auto& call = resume->first();
    return call.job == pause.job && resume->may_have_happened() && !the_case.precedes(call, pause) &&
           !the_case.precedes(exchange, call);
  });
}

void check_stop(Case& the_case, const RecordedCall& stop) {
  const bool cancelled = stop.ask == Ask::cancel;
  for (const auto& [token, lease] : the_case.tokens()) {
    if (lease.job != stop.job || lease.granted == nullptr) continue;
    const auto& asked = lease.granted->first();
    const auto& granted = *lease.granted->answered();
    if (!the_case.precedes(stop, asked) || (!cancelled && may_be_resumed(the_case, stop, granted))) continue;
    the_case.find(leased_when_stopped, stop.job, std::nullopt,
                  "lease " + std::to_string(token.value) + " was granted after " + std::string(to_string(stop.ask)) +
                      " was acknowledged",
                  {stop.answered_at, asked.asked_at, granted.answered_at});
  }
  if (!cancelled) return;
  for (auto task = the_case.tasks().lower_bound(TaskKey{stop.job, {}, false});
       task != the_case.tasks().end() && task->first.job == stop.job; ++task) {
    for (const auto& commit : task->second.commits) {
      if (commit.verdict != Verdict::accepted || !the_case.precedes(stop, commit.request->first())) continue;
      the_case.find(accepted_when_cancelled, stop.job, task->first.ref.index,
                    "a completion was accepted after cancel was acknowledged",
                    {stop.answered_at, commit.request->first().asked_at});
    }
  }
}

}  // namespace

void check_submission(Case& the_case) {
  check_creations(the_case);
  for (const auto* request : the_case.requests(Ask::add_documents)) {
    if (request->happened()) check_names(the_case, *request->answered());
  }
  for (const auto* request : the_case.requests(Ask::seal)) {
    const auto* end = the_case.job(request->first().job);
    if (request->happened() && end != nullptr && end->status.state == JobState::open) {
      the_case.find(seal_lost, request->first().job, std::nullopt, "its sealing was acknowledged, and it is open",
                    {request->answered()->answered_at});
    }
  }
}

void check_repetition(Case& the_case) {
  for (const auto ask : {Ask::create, Ask::exchange, Ask::retry_failed}) {
    for (const auto* request : the_case.requests(ask)) {
      const auto* first = request->answered();
      for (const auto* call : request->calls) {
        if (call->answer != RecordedCall::Answer::yes || same_answer(*first, *call)) continue;
        the_case.find(answer_changed, call->job, std::nullopt,
                      "request " + std::to_string(call->id.sequence) + " of " + call->id.client +
                          " was repeated and got another answer",
                      {first->answered_at, call->answered_at});
      }
    }
  }
}

void check_books(Case& the_case) {
  for (const auto& end : the_case.jobs()) {
    check_recount(the_case, end);
    check_pages(the_case, end);
    check_bounds(the_case, end);
  }
  for (const auto* request : the_case.requests(Ask::status)) {
    const auto* status = request->answered();
    const auto* end = the_case.job(request->first().job);
    if (status == nullptr || end == nullptr || !end->ended()) continue;
    if (status->counters.done <= end->status.counters.done) continue;
    the_case.find(done_went_back, end->status.id, std::nullopt,
                  std::to_string(status->counters.done) + " documents were done, and in the end " +
                      std::to_string(end->status.counters.done) + " are",
                  {status->answered_at});
  }
}

void check_stops(Case& the_case) {
  for (const auto ask : {Ask::cancel, Ask::pause}) {
    for (const auto* request : the_case.requests(ask)) {
      if (request->happened()) check_stop(the_case, *request->answered());
    }
  }
}

}  // namespace docmill::audit_case
