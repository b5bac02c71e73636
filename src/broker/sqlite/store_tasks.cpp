// The life of a task: completions, attempts, parts and merges.
#include <algorithm>
#include <utility>

#include "broker/rules.hpp"
#include "broker/sqlite/store.hpp"

namespace docmill::sqlite {
namespace {

void move(JobRow& job, TaskState from, TaskState to) {
  --rules::counter(job.counters, from);
  ++rules::counter(job.counters, to);
}

// Adds to the count of the parts that are in `state`.
void count_part(TaskRow& document, WorkState state, int change) {
  if (state == WorkState::waiting) document.parts_waiting += change;
  if (state == WorkState::leased) document.parts_leased += change;
  if (state == WorkState::retrying) document.parts_retrying += change;
}

void count_single(JobRow& job, WorkState from, WorkState to) {
  if (from == WorkState::waiting) --job.singles;
  if (to == WorkState::waiting) ++job.singles;
}

}  // namespace

std::optional<LeaseRow> Store::held_lease(Token token) {
  std::optional<LeaseRow> lease = tasks_.lease(token);
  if (!lease || clock_.now() >= lease->expires_at || jobs_.at(lease->job).cancelled) return std::nullopt;
  return lease;
}

// ---- Completions

std::vector<std::size_t> Store::complete_all(const std::vector<Completion>& completions) {
  Completing state{.leases = {}, .released = {}, .results = ResultWriter(database_)};
  std::vector<std::size_t> stale;
  for (std::size_t position = 0; position < completions.size(); ++position) {
    if (!complete(completions[position], state)) stale.push_back(position);
  }
  state.results.flush();
  let_go(state);
  return stale;
}

// Promise 2: only who holds the task now can end it. False: stale.
bool Store::complete(const Completion& completion, Completing& state) {
  const auto [found, fresh] = state.leases.try_emplace(completion.token);
  if (fresh) found->second = held_lease(completion.token);
  if (!found->second || !found->second->holds(completion.ref)) return false;
  LeaseRow& lease = *found->second;
  JobRow& job = jobs_.at(lease.job);

  const bool splits = completion.kind == Completion::Kind::split;
  if (splits && task_of(lease, completion.ref).merging) return false;
  const bool ends = splits || completion.kind == Completion::Kind::done;
  if (ends) take_from_other(state, job, completion.token, completion.ref);
  if (ends || !leave_to_other(job, completion.token, completion.ref)) apply(completion, job, lease, state);
  lease.let_go(completion.ref);
  return true;
}

void Store::apply(const Completion& completion, JobRow& job, const LeaseRow& lease, Completing& state) {
  switch (completion.kind) {
    case Completion::Kind::done:
      return finish(job, lease, completion, state.results);
    case Completion::Kind::failed:
      return fail_attempt(job, task_of(lease, completion.ref), completion);
    case Completion::Kind::split:
      return split(job, task_of(lease, completion.ref), completion);
    case Completion::Kind::released:
      break;
  }
  if (lease.single) {
    change(job, task_of(lease, completion.ref), WorkState::waiting);
  } else {
    state.released[completion.token].insert(completion.ref.index);
  }
}

// Writes the leases as they are now, and gives back what was released of them.
void Store::let_go(Completing& state) {
  for (auto& [token, lease] : state.leases) {
    if (!lease) continue;
    if (lease->holds_any()) {
      tasks_.update(*lease);
    } else {
      tasks_.erase(token);
      --jobs_.at(lease->job).leases;
    }
  }
  for (const auto& [token, indexes] : state.released) {
    const LeaseRow& lease = *state.leases.at(token);
    return_runs(jobs_.at(lease.job), indexes, lease.deliveries);
  }
}

// The row of a leased task; a new one for a document of a run.
TaskRow Store::task_of(const LeaseRow& lease, TaskRef ref) {
  if (lease.single) return tasks_.at(lease.job, ref);
  TaskRow task;
  task.job = lease.job;
  task.ref = ref;
  task.state = WorkState::leased;
  task.deliveries = lease.deliveries;
  return task;
}

void Store::finish(JobRow& job, const LeaseRow& lease, const Completion& completion, ResultWriter& results) {
  if (completion.ref.part == 0) {
    finish_document(job, lease, completion, results);
    return;
  }
  job.pages += completion.pages;
  tasks_.put_part_result(job.number, completion.ref, completion.result);
  change(job, tasks_.at(job.number, completion.ref), WorkState::done);
}

void Store::finish_document(JobRow& job, const LeaseRow& lease, const Completion& completion, ResultWriter& results) {
  bool merging = false;
  if (lease.single) {
    const TaskRow task = tasks_.at(job.number, completion.ref);
    merging = task.merging;
    if (task.parts > 0) tasks_.erase_parts(job.number, completion.ref.index);
    tasks_.erase(job.number, completion.ref);
  }
  if (!merging) job.pages += completion.pages;
  if (completion.outcome == Outcome::partial) ++job.partial;
  move(job, TaskState::leased, TaskState::done);
  results.add(job, completion.ref.index, completion.outcome, completion.result);
}

void Store::fail_attempt(JobRow& job, TaskRow task, const Completion& completion) {
  const RetryPolicy policy = jobs_.spec(job)->retry;
  ++task.attempts;
  if (!completion.retryable || task.attempts >= policy.max_attempts) {
    kill(job, std::move(task), completion.error);
    return;
  }
  task.error = completion.error;
  task.due = clock_.now() + rules::retry_delay(policy, job.id, task.ref, task.attempts);
  change(job, std::move(task), WorkState::retrying);
}

void Store::split(JobRow& job, TaskRow task, const Completion& completion) {
  task.parts = task.parts_waiting = static_cast<int>(completion.parts.size());
  TaskRow part;
  part.job = task.job;
  part.ref = task.ref;
  for (const PageRange pages : completion.parts) {
    ++part.ref.part;
    part.pages = pages;
    tasks_.put(part);
    ++job.singles;
  }
  change(job, std::move(task), WorkState::split);
}

// The end of a task that did not succeed.
void Store::kill(JobRow& job, TaskRow task, const Error& error) {
  task.error = error;
  if (task.parts > 0) tasks_.erase_parts(task.job, task.ref.index);
  change(job, std::move(task), WorkState::failed);
}

// ---- The one place where a task changes its state, with all that counts it

void Store::change(JobRow& job, TaskRow task, WorkState to) {
  const WorkState from = task.state;
  const TaskState seen = visible_state(task);
  task.state = to;
  tasks_.put(task);
  count_single(job, from, to);
  if (task.ref.part > 0) {
    change_part(job, task, from);
  } else {
    move(job, seen, visible_state(task));
  }
}

// What the change of a part means to its document. When the last part is final the document waits as their merge.
void Store::change_part(JobRow& job, const TaskRow& part, WorkState from) {
  TaskRow document = tasks_.at(part.job, {.index = part.ref.index, .part = 0});
  const TaskState seen = visible_state(document);
  count_part(document, from, -1);
  count_part(document, part.state, 1);
  if (document.parts_final() == document.parts) {
    document.state = WorkState::waiting;
    document.merging = true;
    document.attempts = document.deliveries = 0;
    document.error = {};
    ++job.singles;
  }
  tasks_.put(document);
  move(job, seen, visible_state(document));
}

// Documents of a run go back as runs: one for each stretch without a gap.
void Store::return_runs(JobRow& job, const std::set<std::uint64_t>& indexes, int deliveries) {
  RunRow run{.first = 0, .count = 0, .deliveries = deliveries};
  const auto write = [&] {
    if (run.count == 0) return;
    tasks_.put_run(job.number, run);
    ++job.runs;
  };
  for (const std::uint64_t index : indexes) {
    if (run.count == 0 || index != run.first + run.count) {
      write();
      run.first = index;
      run.count = 0;
    }
    ++run.count;
  }
  write();
  job.counters.leased -= indexes.size();
  job.counters.waiting += indexes.size();
}

}  // namespace docmill::sqlite
