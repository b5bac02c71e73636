// What any node repairs in passing (promise 8): expired leases, due retries, abandoned jobs, jobs that were kept for
// long enough, remains of removed ones.
#include <algorithm>
#include <chrono>

#include "broker/sqlite/store.hpp"

namespace docmill::sqlite {
namespace {

constexpr int most_repairs = 256;
constexpr Millis open_memory = std::chrono::hours(24);
constexpr std::uint64_t rows_in_passing = 100;

}  // namespace

void Store::repair() {
  clear_away(rows_in_passing);
  repair_clock();
  repair_leases();
  repair_retries();
  repair_abandoned();
  repair_retention();
  jobs_.flush();
}

// A clock that was set back would leave what was dated before far in the future, and its documents leased or waiting
// for as long. A lease cannot have more left than its whole time, nor a retry more than the longest backoff.
void Store::repair_clock() {
  const TimePoint now = clock_.now();
  for (int i = 0; i < most_repairs; ++i) {
    std::optional<LeaseRow> lease = tasks_.expires_last();
    if (!lease || lease->expires_at <= now + lease->lease_time) break;
    lease->expires_at = now + lease->lease_time;
    tasks_.update(*lease);
  }
  for (int i = 0; i < most_repairs; ++i) {
    std::optional<TaskRow> task = tasks_.due_last();
    if (!task) break;
    const Millis longest = jobs_.spec(jobs_.at(task->job))->retry.backoff_cap;
    if (task->due <= now + longest) break;
    task->due = now + longest;
    tasks_.put(*task);
  }
}

void Store::repair_leases() {
  for (const LeaseRow& lease : tasks_.expired(clock_.now(), most_repairs)) {
    if (jobs_.at(lease.job).cancelled) {
      tasks_.freeze(lease);
    } else {
      expire(lease);
    }
  }
}

void Store::expire(const LeaseRow& lease) {
  JobRow& job = jobs_.at(lease.job);
  const int most_deliveries = jobs_.spec(job)->retry.max_deliveries;
  const int deliveries = lease.deliveries + 1;
  const Error lost = fail(ErrorCode::crashed, "lost with its node " + std::to_string(deliveries) + " times");
  tasks_.erase(lease.token);
  --job.leases;

  std::set<std::uint64_t> returned;
  for (std::uint64_t i = 0; i < lease.count; ++i) {
    const TaskRef ref{lease.first.index + i, lease.first.part};
    if (!lease.holds(ref) || leave_to_other(job, lease.token, ref)) continue;
    if (!lease.single && deliveries < most_deliveries) {
      returned.insert(ref.index);
      continue;
    }
    TaskRow task = task_of(lease, ref);
    task.deliveries = deliveries;
    if (deliveries >= most_deliveries) {
      kill(job, std::move(task), lost);
    } else {
      change(job, std::move(task), WorkState::waiting);
    }
  }
  return_runs(job, returned, deliveries);
}

void Store::repair_retries() {
  for (const TaskRow& task : tasks_.due(clock_.now(), most_repairs)) {
    JobRow& job = jobs_.at(task.job);
    if (job.cancelled) {
      tasks_.freeze(task);
    } else {
      change(job, task, WorkState::waiting);
    }
  }
}

void Store::repair_abandoned() {
  std::vector<std::uint64_t> abandoned;
  {
    Query query = database_.query(
        "SELECT number FROM jobs WHERE sealed = 0 AND is_cancelled = 0 AND touched_at <= ? ORDER BY touched_at LIMIT ?",
        clock_.now() - open_memory, most_repairs);
    while (query.next()) query.read(abandoned.emplace_back());
  }
  for (const std::uint64_t number : abandoned) cancel(jobs_.at(number));
}

// The rows as they were: what ended in this very call has its whole time before it.
void Store::repair_retention() {
  std::vector<std::uint64_t> past;
  {
    Query query = database_.query(
        "SELECT number FROM jobs WHERE result_ttl > 0 AND finished_at > 0 AND removed = 0 AND "
        "finished_at + result_ttl <= ? ORDER BY finished_at + result_ttl, number LIMIT ?",
        clock_.now(), most_repairs);
    while (query.next()) query.read(past.emplace_back());
  }
  for (const std::uint64_t number : past) jobs_.hide(jobs_.at(number));
}

bool Store::clear_away(std::uint64_t budget) {
  if (jobs_.queue().removed == 0) return true;
  const auto number =
      static_cast<std::uint64_t>(database_.number("SELECT number FROM jobs WHERE removed = 1 ORDER BY number LIMIT 1"));
  return number == 0 || clear_away(number, budget);
}

// The statements take no more than what is left of the budget; a chunk counts for more than a small row, for it is.
bool Store::clear_away(std::uint64_t job, std::uint64_t budget) {
  constexpr std::uint64_t rows_of_a_chunk = 16;
  const std::uint64_t first = chunk_key(job, 0);
  const std::uint64_t end = chunk_key(job + 1, 0);
  std::uint64_t left = budget;
  const auto spend = [&](std::uint64_t rows) { left -= std::min(left, rows); };

  spend(rows_of_a_chunk * database_.run("DELETE FROM names WHERE key IN (SELECT key FROM names WHERE key >= ? AND "
                                        "key < ? LIMIT ?)",
                                        first, end, (left + rows_of_a_chunk - 1) / rows_of_a_chunk));
  spend(rows_of_a_chunk * database_.run("DELETE FROM results WHERE key IN (SELECT key FROM results WHERE key >= ? AND "
                                        "key < ? LIMIT ?)",
                                        first, end, (left + rows_of_a_chunk - 1) / rows_of_a_chunk));
  spend(rows_of_a_chunk * database_.run("DELETE FROM part_results WHERE rowid IN (SELECT rowid FROM part_results "
                                        "WHERE job = ? LIMIT ?)",
                                        job, (left + rows_of_a_chunk - 1) / rows_of_a_chunk));
  spend(database_.run("DELETE FROM leases WHERE token IN (SELECT token FROM leases WHERE job = ? LIMIT ?)", job, left));
  spend(
      database_.run("DELETE FROM tasks WHERE job = ?1 AND (document, part) IN (SELECT document, part FROM tasks "
                    "WHERE job = ?1 LIMIT ?2)",
                    job, left));
  spend(
      database_.run("DELETE FROM hedges WHERE job = ?1 AND (document, part) IN (SELECT document, part FROM hedges "
                    "WHERE job = ?1 LIMIT ?2)",
                    job, left));
  spend(database_.run("DELETE FROM runs WHERE job = ?1 AND first IN (SELECT first FROM runs WHERE job = ?1 LIMIT ?2)",
                      job, left));
  if (left == 0) return false;
  jobs_.erase(job);
  return true;
}

}  // namespace docmill::sqlite
