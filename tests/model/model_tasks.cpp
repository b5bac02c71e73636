// The life of a task in the model: what is found in passing, completions, turns and leases.
#include <algorithm>
#include <tuple>

#include "broker/rules.hpp"
#include "core/needs.hpp"
#include "tests/model/model_broker.hpp"

namespace docmill::test {
namespace {

constexpr std::size_t most_repairs = 256;
constexpr std::size_t most_looked_at = 256;  // leases, to be given a second time
constexpr Millis open_memory = std::chrono::hours(24);

std::string name_of(Completion::Kind kind) {
  static const std::vector<std::string> names{"done", "failed", "split", "released"};
  return names.at(static_cast<std::size_t>(kind));
}

bool is_final(TaskState state) { return state == TaskState::done || state == TaskState::failed; }

// The first `most_repairs` of `found` in their order.
template <class T>
void sort_and_bound(std::vector<T>& found) {
  std::ranges::sort(found);
  if (found.size() > most_repairs) found.resize(most_repairs);
}

}  // namespace

// ---- In passing

void ModelBroker::repair() {
  repair_leases();
  repair_retries();
  repair_abandoned();
  repair_retention();
  settle();
}

void ModelBroker::repair_leases() {
  std::vector<std::tuple<TimePoint, std::uint64_t, TaskRef, Token>> expired;
  for (const auto& [token, lease] : leases_) {
    if (!holds(token)) expired.emplace_back(lease.expires_at, lease.job, lease.first, token);
  }
  sort_and_bound(expired);
  for (const auto& [due, job, ref, token] : expired) {
    expire(token);
    leases_.erase(token);
  }
}

void ModelBroker::expire(Token token) {
  const ModelLease& lease = leases_.at(token);
  ModelJob& job = jobs_.at(lease.job);
  std::set<std::uint64_t> returned;
  for (const TaskRef ref : lease.held) {
    if (other_holder(token, ref) != Token{}) {
      met_.insert("one of two leases: lost");
      continue;
    }
    Work& work = job.work(ref);
    ++work.deliveries;
    if (work.deliveries >= job.spec->retry.max_deliveries) {
      kill(job, ref, fail(ErrorCode::crashed, "lost with its node " + std::to_string(work.deliveries) + " times"));
      continue;
    }
    work.state = TaskState::waiting;
    if (lease.run) returned.insert(ref.index);
  }
  return_runs(job, returned);
}

void ModelBroker::repair_retries() {
  std::vector<std::tuple<TimePoint, std::uint64_t, TaskRef>> due;
  const auto look_at = [&](const Work& work, std::uint64_t number, TaskRef ref) {
    if (work.state == TaskState::retrying && work.due <= clock_.now()) due.emplace_back(work.due, number, ref);
  };
  for (const auto& [number, job] : jobs_) {
    if (job.cancelled) continue;
    for (std::uint64_t index = 0; index < job.documents.size(); ++index) {
      const Document& document = job.documents[index];
      look_at(document, number, {index, 0});
      int part = 0;
      for (const Part& one : document.parts) look_at(one, number, {index, ++part});
    }
  }
  sort_and_bound(due);
  for (const auto& [time, number, ref] : due) jobs_.at(number).work(ref).state = TaskState::waiting;
}

void ModelBroker::repair_abandoned() {
  std::vector<std::tuple<TimePoint, std::uint64_t>> abandoned;
  for (const auto& [number, job] : jobs_) {
    const bool open = !job.sealed && !job.cancelled;
    if (open && clock_.now() >= job.touched_at + open_memory) abandoned.emplace_back(job.touched_at, number);
  }
  sort_and_bound(abandoned);
  for (const auto& [touched_at, number] : abandoned) cancel_now(jobs_.at(number));
}

void ModelBroker::repair_retention() {
  std::vector<std::tuple<TimePoint, std::uint64_t>> past;
  for (const auto& [number, job] : jobs_) {
    const TimePoint until = job.finished_at + job.spec->result_ttl;
    const bool limited = job.finished_at > TimePoint{} && job.spec->result_ttl > Millis{0};
    if (limited && until <= clock_.now()) past.emplace_back(until, number);
  }
  sort_and_bound(past);
  for (const auto& [until, number] : past) jobs_.erase(number);
}

void ModelBroker::cancel_now(ModelJob& job) {
  job.cancelled = true;
  std::erase_if(leases_, [&](const auto& entry) { return jobs_.at(entry.second.job).cancelled; });
}

// ---- Completions

ExchangeAnswer ModelBroker::exchange_now(const Exchange& request) {
  ExchangeAnswer answer;
  Released released;
  for (std::size_t position = 0; position < request.completions.size(); ++position) {
    if (!complete(request.completions[position], released)) answer.stale.push_back(position);
  }
  for (const auto& [lease, indexes] : released) return_runs(jobs_.at(lease.second), indexes);
  settle();

  auto want = static_cast<std::uint64_t>(request.want);
  for (const std::uint64_t number : servable_for(request.offers)) {
    if (want > 0) serve(number, request, want, answer.tokens);
  }
  if (request.hedge_after > Millis{0}) hedge(request, want, answer.tokens);
  settle();
  answer.more = !servable_for(request.offers).empty();
  return answer;
}

bool ModelBroker::holds(Token token) const {
  const auto lease = leases_.find(token);
  return lease != leases_.end() && clock_.now() < lease->second.expires_at;
}

bool ModelBroker::complete(const Completion& completion, Released& released) {
  if (!holds(completion.token)) return false;
  ModelLease& lease = leases_.at(completion.token);
  if (!lease.held.contains(completion.ref)) return false;
  ModelJob& job = jobs_.at(lease.job);
  if (completion.kind == Completion::Kind::split && job.documents[completion.ref.index].merging) return false;

  const bool run = lease.run;
  const std::pair key(completion.token, lease.job);
  const Token other = other_holder(completion.token, completion.ref);
  const bool ends = completion.kind == Completion::Kind::done || completion.kind == Completion::Kind::split;
  take_from(completion.token, completion.ref);
  if (other != Token{}) met_.insert("one of two leases: " + name_of(completion.kind));
  if (other != Token{} && !ends) return true;  // who is left goes on as if nothing had been
  if (other != Token{}) take_from(other, completion.ref);
  apply(job, completion);
  if (run && completion.kind == Completion::Kind::released) released[key].insert(completion.ref.index);
  return true;
}

void ModelBroker::apply(ModelJob& job, const Completion& completion) {
  switch (completion.kind) {
    case Completion::Kind::done:
      finish(job, completion);
      break;
    case Completion::Kind::failed:
      fail_attempt(job, completion);
      break;
    case Completion::Kind::split:
      split(job, completion);
      break;
    case Completion::Kind::released:
      job.work(completion.ref).state = TaskState::waiting;
      break;
  }
}

Token ModelBroker::other_holder(Token token, TaskRef ref) const {
  for (const auto& [candidate, lease] : leases_) {
    const bool same_job = lease.job == leases_.at(token).job;
    if (candidate != token && same_job && lease.held.contains(ref)) return candidate;
  }
  return Token{};
}

void ModelBroker::take_from(Token token, TaskRef ref) {
  ModelLease& lease = leases_.at(token);
  lease.held.erase(ref);
  if (lease.held.empty()) leases_.erase(token);
}

void ModelBroker::finish(ModelJob& job, const Completion& completion) {
  Document& document = job.documents[completion.ref.index];
  job.work(completion.ref).state = TaskState::done;
  if (!document.merging) job.pages += completion.pages;
  if (completion.ref.part > 0) {
    document.parts[static_cast<std::size_t>(completion.ref.part) - 1].result = completion.result;
    part_ended(job, completion.ref.index);
    return;
  }
  if (completion.outcome == Outcome::partial) ++job.partial;
  job.results.push_back({.index = completion.ref.index, .outcome = completion.outcome, .result = completion.result});
}

void ModelBroker::fail_attempt(ModelJob& job, const Completion& completion) {
  const RetryPolicy& policy = job.spec->retry;
  Work& work = job.work(completion.ref);
  ++work.attempts;
  if (completion.ref.part == 0) job.documents[completion.ref.index].place = Document::Place::single;
  if (!completion.retryable || work.attempts >= policy.max_attempts) {
    kill(job, completion.ref, completion.error);
    return;
  }
  work.state = TaskState::retrying;
  work.error = completion.error;
  work.due = clock_.now() + rules::retry_delay(policy, job.id, completion.ref, work.attempts);
}

void ModelBroker::split(ModelJob& job, const Completion& completion) {
  Document& document = job.documents[completion.ref.index];
  document.place = Document::Place::single;
  for (const PageRange pages : completion.parts) {
    Part part;
    part.pages = pages;
    document.parts.push_back(part);
  }
}

void ModelBroker::kill(ModelJob& job, TaskRef ref, const Error& error) {
  Work& work = job.work(ref);
  work.state = TaskState::failed;
  work.error = error;
  if (ref.part > 0) part_ended(job, ref.index);
}

void ModelBroker::part_ended(ModelJob& job, std::uint64_t index) {
  Document& document = job.documents[index];
  const auto& parts = document.parts;
  if (!std::ranges::all_of(parts, [](const Part& part) { return is_final(part.state); })) return;
  static_cast<Work&>(document) = Work();
  document.merging = true;
}

void ModelBroker::return_runs(ModelJob& job, const std::set<std::uint64_t>& indexes) {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  for (const std::uint64_t index : indexes) {
    job.documents[index].place = Document::Place::run;
    if (count == 0 || index != first + count) {
      first = index;
      count = 0;
    }
    job.runs[first] = ++count;
  }
}

// ---- Turns

std::vector<std::uint64_t> ModelBroker::servable_for(const std::vector<std::string>& offers) const {
  std::vector<std::tuple<int, std::uint64_t, std::uint64_t>> turns;
  for (const auto& [number, job] : jobs_) {
    const bool mine = covers(offers, job.spec->needs);
    const int rank = strict_ ? -static_cast<int>(job.spec->priority) : 0;
    if (job.servable && mine) turns.emplace_back(rank, job.virtual_time, number);
  }
  std::ranges::sort(turns);
  std::vector<std::uint64_t> numbers;
  for (const auto& [rank, virtual_time, number] : turns) numbers.push_back(number);
  return numbers;
}

void ModelBroker::serve(std::uint64_t number, const Exchange& request, std::uint64_t& want,
                        std::vector<Token>& tokens) {
  ModelJob& job = jobs_.at(number);
  const std::uint64_t wanted = want;
  const auto grant_run = [&](std::uint64_t first, std::uint64_t count) {
    std::set<TaskRef> tasks;
    for (std::uint64_t index = first; index < first + count; ++index) tasks.insert({index, 0});
    tokens.push_back(grant(number, true, tasks, request));
    want -= count;
  };
  for (const TaskRef ref : job.waiting_singles()) {
    if (want == 0) break;
    tokens.push_back(grant(number, false, {ref}, request));
    --want;
  }
  while (want > 0 && !job.runs.empty()) {
    const auto [first, count] = *job.runs.begin();
    const std::uint64_t taken = std::min(want, count);
    job.runs.erase(first);
    if (taken < count) job.runs[first + taken] = count - taken;
    grant_run(first, taken);
  }
  if (want > 0 && job.cursor < job.documents.size()) {
    const std::uint64_t first = job.cursor;
    job.cursor += std::min<std::uint64_t>(want, job.documents.size() - first);
    grant_run(first, job.cursor - first);
  }
  queue_time_ = job.virtual_time;
  job.virtual_time += (wanted - want) * rules::turn_cost(job.spec->priority);
}

Token ModelBroker::grant(std::uint64_t number, bool run, const std::set<TaskRef>& tasks, const Exchange& request) {
  for (const TaskRef ref : tasks) {
    jobs_.at(number).work(ref).state = TaskState::leased;
    jobs_.at(number).work(ref).hedged = false;
  }
  const Token token{++last_token_};
  leases_[token] = {.job = number,
                    .run = run,
                    .node = request.node,
                    .granted_at = clock_.now(),
                    .expires_at = clock_.now() + request.lease_time,
                    .first = *tasks.begin(),
                    .held = tasks};
  return token;
}

// ---- Second leases

void ModelBroker::hedge(const Exchange& request, std::uint64_t want, std::vector<Token>& tokens) {
  std::vector<Token> oldest;
  for (const auto& [token, lease] : leases_) oldest.push_back(token);
  if (oldest.size() > most_looked_at) oldest.resize(most_looked_at);
  for (const Token token : oldest) {
    if (!may_hedge(token, request)) continue;
    const ModelLease& lease = leases_.at(token);
    for (auto ref = lease.held.rbegin(); ref != lease.held.rend() && want > 0; ++ref) {
      Work& work = jobs_.at(lease.job).work(*ref);
      if (work.hedged) continue;
      tokens.push_back(grant(lease.job, lease.run, {*ref}, request));
      work.hedged = true;
      met_.insert(lease.run ? "a document of a run given a second time" : "a single task given a second time");
      --want;
    }
  }
}

bool ModelBroker::may_hedge(Token token, const Exchange& request) const {
  const ModelLease& lease = leases_.at(token);
  const ModelJob& job = jobs_.at(lease.job);
  return holds(token) && lease.node != request.node && lease.granted_at <= clock_.now() - request.hedge_after &&
         job.status().state == JobState::running && covers(request.offers, job.spec->needs);
}

// ---- Replies

ExchangeReply ModelBroker::reply_from(const ExchangeAnswer& answer) const {
  ExchangeReply reply;
  reply.stale = answer.stale;
  reply.more = answer.more;
  for (const Token token : answer.tokens) {
    if (holds(token)) reply.leases.push_back(describe(token));
  }
  return reply;
}

Lease ModelBroker::describe(Token token) const {
  const ModelLease& held = leases_.at(token);
  const ModelJob& job = jobs_.at(held.job);
  Lease lease;
  lease.token = token;
  lease.job = job.id;
  lease.spec = job.spec;
  lease.expires_at = held.expires_at;
  for (const TaskRef ref : held.held) lease.tasks.push_back(job.describe_task(ref));
  return lease;
}

}  // namespace docmill::test
