#include "broker/audit_case.hpp"

#include <algorithm>
#include <utility>

namespace docmill::audit_case {

using Answer = RecordedCall::Answer;

namespace {

// Brokers remember a client's last request for an hour (RequestId); later the same number is another request.
bool is_repetition(const RecordedCall& earlier, const RecordedCall& call) {
  return earlier.ask == call.ask && call.asked - earlier.asked < std::chrono::hours(1);
}

}  // namespace

const RecordedCall* Request::answered() const {
  const auto found = std::ranges::find(calls, Answer::yes, &RecordedCall::answer);
  return found == calls.end() ? nullptr : *found;
}

bool Request::may_have_happened() const {
  return std::ranges::any_of(calls, [](const auto* call) { return call->answer != Answer::refused; });
}

Case::Case(const History& history, const std::vector<JobInTheEnd>& jobs) : history_(history), jobs_(jobs) {
  for (const auto& job : jobs_) by_id_[job.status.id] = &job;
  collect_requests();
  for (const auto& request : requests_) {
    const auto& call = request.first();
    if (call.ask == Ask::create && request.happened()) created_.try_emplace(request.answered()->job, &request);
    if (call.ask == Ask::retry_failed && request.may_have_happened()) ++retries_[call.job];
    if (call.ask == Ask::exchange) collect_grants(request);
  }
  // Only now, as a completion may stand before the lease that it is of: in the history of another process.
  for (const auto& request : requests_) {
    if (request.first().ask == Ask::exchange) collect_commits(request);
    if (request.first().ask != Ask::renew) continue;
    for (const auto* call : request.calls) {
      for (const Token token : call->lost) {
        if (const auto known = tokens_.find(token); known != tokens_.end()) known->second.lost.push_back(call);
      }
    }
  }
  count();
}

void Case::collect_requests() {
  std::map<std::pair<std::string, std::uint64_t>, std::size_t> by_number;
  for (const auto& call : history_.calls) {
    if (!call.id.client.empty()) {
      const auto [entry, is_new] = by_number.try_emplace({call.id.client, call.id.sequence}, requests_.size());
      if (!is_new && is_repetition(*requests_[entry->second].calls.back(), call)) {
        requests_[entry->second].calls.push_back(&call);
        continue;
      }
      entry->second = requests_.size();
    }
    requests_.push_back({{&call}});
  }
}

void Case::collect_grants(const Request& request) {
  for (const auto* call : request.calls) {
    for (const auto& lease : call->leases) {
      auto& token = tokens_[lease.token];
      if (token.granted == &request) continue;  // the same answer once more
      if (token.granted != nullptr) {
        find(Violation::token_given_twice, lease.job, std::nullopt,
             "token " + std::to_string(lease.token.value) + " was given to two leases",
             {token.granted->answered()->answered_at, call->answered_at});
        continue;
      }
      token.granted = &request;
      token.job = lease.job;
      for (const auto& task : lease.tasks) {
        kinds_[{lease.token, task.ref}] = task.kind;
        tasks_[{lease.job, task.ref, task.kind == TaskKind::merge}].grants.push_back({lease.token, task, &request});
        ++report.figures.leased;
      }
    }
  }
}

void Case::collect_commits(const Request& request) {
  const auto& completions = request.first().completions;
  const auto* answered = request.answered();
  for (std::size_t i = 0; i < completions.size(); ++i) {
    const auto& completion = completions[i];
    Verdict verdict = request.may_have_happened() ? Verdict::unknown : Verdict::refused;
    if (answered != nullptr) {
      const bool stale = std::ranges::find(answered->stale, i) != answered->stale.end();
      verdict = stale ? Verdict::refused : Verdict::accepted;
    }
    report.figures.accepted += verdict == Verdict::accepted ? 1U : 0U;
    report.figures.refused += verdict == Verdict::refused ? 1U : 0U;
    const auto kind = kinds_.find({completion.token, completion.ref});
    if (kind == kinds_.end()) {
      if (verdict != Verdict::accepted) continue;
      const auto token = tokens_.find(completion.token);
      find(Violation::token_of_nobody, token == tokens_.end() ? JobId() : token->second.job, completion.ref.index,
           "a completion was accepted under token " + std::to_string(completion.token.value) +
               ", which nobody was given for that task",
           {request.first().asked_at, answered->answered_at});
      continue;
    }
    const TaskKey key{tokens_.at(completion.token).job, completion.ref, kind->second == TaskKind::merge};
    tasks_[key].commits.push_back({completion, &request, verdict});
  }
}

void Case::count() {
  auto& figures = report.figures;
  figures.processes = history_.processes.size();
  figures.calls = history_.calls.size();
  figures.jobs = jobs_.size();
  for (const auto& call : history_.calls) {
    figures.unanswered += call.answer == Answer::none || call.answer == Answer::lost ? 1U : 0U;
  }
  for (const auto& job : jobs_) figures.documents += job.status.counters.total();
}

bool Case::same_clock(const RecordedCall& a, const RecordedCall& b) const {
  return history_.processes[a.process].clock == history_.processes[b.process].clock;
}

bool Case::precedes(const RecordedCall& a, const RecordedCall& b) const {
  return a.answered_at.line != 0 && same_clock(a, b) && a.answered < b.asked;
}

const JobInTheEnd* Case::job(const JobId& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::uint64_t Case::retries(const JobId& job) const {
  const auto found = retries_.find(job);
  return found == retries_.end() ? 0 : found->second;
}

bool Case::created(const JobId& job) const { return created_.contains(job); }

const RetryPolicy* Case::retry_policy(const JobId& id) const {
  if (const auto* end = job(id)) return &end->status.spec.retry;
  const auto found = created_.find(id);
  return found == created_.end() ? nullptr : &found->second->first().retry;
}

std::vector<const Request*> Case::requests(Ask ask) const {
  std::vector<const Request*> found;
  for (const auto& request : requests_) {
    if (request.first().ask == ask) found.push_back(&request);
  }
  return found;
}

void Case::find(Violation violation, const JobId& id, std::optional<std::uint64_t> index, std::string text,
                std::vector<HistoryPlace> lines) {
  AuditFinding finding{violation, id, index, "", std::move(text), std::move(lines)};
  const auto* end = job(id);
  if (index && end != nullptr && *index < end->tasks.size()) finding.document = end->tasks[*index].document;
  report.findings.push_back(std::move(finding));
}

}  // namespace docmill::audit_case
