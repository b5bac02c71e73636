#include "broker/sqlite/task_table.hpp"

#include <utility>

#include "broker/rules.hpp"

namespace docmill::sqlite {
namespace {

// Macros, for only literals can be joined to literals, and a statement is known by its literal.
#define DOCMILL_TASK_COLUMNS                                                                       \
  "job, document, part, state, attempts, deliveries, due, error_code, error_message, error_page, " \
  "first_page, last_page, merging, parts, parts_waiting, parts_leased, parts_retrying"
#define DOCMILL_LEASE_COLUMNS \
  "token, job, single, first, count, part, deliveries, expires_at, lease_time, finished, node, granted_at"

TaskRow read_task(const Query& query) {
  TaskRow task;
  std::string code;
  query.read(task.job, task.ref.index, task.ref.part, task.state, task.attempts, task.deliveries, task.due, code,
             task.error.message, task.error.page, task.pages.first, task.pages.last, task.merging, task.parts,
             task.parts_waiting, task.parts_leased, task.parts_retrying);
  task.error.code = error_code_from_string(code).value_or(ErrorCode::internal);
  return task;
}

std::string pack_bits(const std::vector<bool>& bits) {
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) bytes[i / 8] = static_cast<char>(static_cast<unsigned char>(bytes[i / 8]) | (1U << (i % 8)));
  }
  return bytes;
}

std::vector<bool> unpack_bits(std::string_view bytes, std::size_t count) {
  std::vector<bool> bits(count);
  for (std::size_t i = 0; i < count && i / 8 < bytes.size(); ++i) {
    bits[i] = ((static_cast<unsigned char>(bytes[i / 8]) >> (i % 8)) & 1U) != 0;
  }
  return bits;
}

LeaseRow read_lease(const Query& query) {
  LeaseRow lease;
  std::string_view finished;
  query.read(lease.token.value, lease.job, lease.single, lease.first.index, lease.count, lease.first.part,
             lease.deliveries, lease.expires_at, lease.lease_time, finished, lease.node.value, lease.granted_at);
  if (!lease.single) lease.finished = unpack_bits(finished, lease.count);
  return lease;
}

std::vector<TaskRow> all_tasks(Query query) {
  std::vector<TaskRow> tasks;
  while (query.next()) tasks.push_back(read_task(query));
  return tasks;
}

std::vector<LeaseRow> all_leases(Query query) {
  std::vector<LeaseRow> leases;
  while (query.next()) leases.push_back(read_lease(query));
  return leases;
}

template <class Row>
std::optional<Row> only(std::vector<Row> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

TaskState visible_state(const TaskRow& document) {
  switch (document.state) {
    case WorkState::waiting:
      return TaskState::waiting;
    case WorkState::leased:
      return TaskState::leased;
    case WorkState::retrying:
      return TaskState::retrying;
    case WorkState::done:
      return TaskState::done;
    case WorkState::failed:
      return TaskState::failed;
    case WorkState::split:
      break;
  }
  const auto count = [](int parts) { return static_cast<std::uint64_t>(parts); };
  return rules::split_state(count(document.parts_waiting), count(document.parts_leased),
                            count(document.parts_retrying));
}

// ---- tasks

std::optional<TaskRow> TaskTable::find(std::uint64_t job, TaskRef ref) {
  return only(all_tasks(database_.query("SELECT " DOCMILL_TASK_COLUMNS
                                        " FROM tasks WHERE job = ? AND document = ? AND part = ?",
                                        job, ref.index, ref.part)));
}

TaskRow TaskTable::at(std::uint64_t job, TaskRef ref) {
  std::optional<TaskRow> task = find(job, ref);
  if (!task) database_.raise(SQLITE_CORRUPT);
  return std::move(*task);
}

void TaskTable::put(const TaskRow& task) {
  const bool has_error = task.error != Error();
  const std::string_view code = has_error ? to_string(task.error.code) : std::string_view();
  database_.run("REPLACE INTO tasks (" DOCMILL_TASK_COLUMNS
                ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                task.job, task.ref.index, task.ref.part, task.state, task.attempts, task.deliveries, task.due, code,
                task.error.message, task.error.page, task.pages.first, task.pages.last, task.merging, task.parts,
                task.parts_waiting, task.parts_leased, task.parts_retrying);
}

void TaskTable::erase(std::uint64_t job, TaskRef ref) {
  database_.run("DELETE FROM tasks WHERE job = ? AND document = ? AND part = ?", job, ref.index, ref.part);
}

void TaskTable::erase_parts(std::uint64_t job, std::uint64_t document) {
  database_.run("DELETE FROM tasks WHERE job = ? AND document = ? AND part > 0", job, document);
  database_.run("DELETE FROM part_results WHERE job = ? AND document = ?", job, document);
}

std::vector<TaskRow> TaskTable::parts(std::uint64_t job, std::uint64_t document) {
  return all_tasks(database_.query("SELECT " DOCMILL_TASK_COLUMNS
                                   " FROM tasks WHERE job = ? AND document = ? AND part > 0 ORDER BY part",
                                   job, document));
}

std::vector<TaskRow> TaskTable::waiting(std::uint64_t job, std::uint64_t limit) {
  return all_tasks(database_.query("SELECT " DOCMILL_TASK_COLUMNS
                                   " FROM tasks WHERE job = ? AND state = 0 ORDER BY document, part LIMIT ?",
                                   job, limit));
}

std::vector<TaskRow> TaskTable::failed_documents(std::uint64_t job, int limit) {
  return all_tasks(database_.query("SELECT " DOCMILL_TASK_COLUMNS
                                   " FROM tasks WHERE job = ? AND state = 4 AND part = 0 ORDER BY document LIMIT ?",
                                   job, limit));
}

std::vector<TaskRow> TaskTable::documents(std::uint64_t job, std::uint64_t first, std::uint64_t end) {
  return all_tasks(
      database_.query("SELECT " DOCMILL_TASK_COLUMNS
                      " FROM tasks WHERE job = ? AND document >= ? AND document < ? AND part = 0 ORDER BY document",
                      job, first, end));
}

std::vector<TaskRow> TaskTable::due(TimePoint now, int limit) {
  return all_tasks(database_.query("SELECT " DOCMILL_TASK_COLUMNS
                                   " FROM tasks WHERE state = 2 AND due IS NOT NULL AND due <= ? "
                                   "ORDER BY due, job, document, part LIMIT ?",
                                   now, limit));
}

std::optional<TaskRow> TaskTable::due_last() {
  return only(all_tasks(database_.query("SELECT " DOCMILL_TASK_COLUMNS
                                        " FROM tasks WHERE state = 2 AND due IS NOT NULL ORDER BY due DESC LIMIT 1")));
}

void TaskTable::freeze(const TaskRow& task) {
  database_.run("UPDATE tasks SET due = NULL WHERE job = ? AND document = ? AND part = ?", task.job, task.ref.index,
                task.ref.part);
}

// ---- results of parts

void TaskTable::put_part_result(std::uint64_t job, TaskRef ref, std::string_view result) {
  database_.run("REPLACE INTO part_results VALUES (?, ?, ?, ?)", job, ref.index, ref.part, Blob{result});
}

std::string TaskTable::part_result(std::uint64_t job, TaskRef ref) {
  std::string result;
  Query query = database_.query("SELECT result FROM part_results WHERE job = ? AND document = ? AND part = ?", job,
                                ref.index, ref.part);
  if (query.next()) query.read(result);
  return result;
}

// ---- runs

void TaskTable::put_run(std::uint64_t job, const RunRow& run) {
  database_.run("INSERT INTO runs VALUES (?, ?, ?, ?)", job, run.first, run.count, run.deliveries);
}

void TaskTable::erase_run(std::uint64_t job, std::uint64_t first) {
  database_.run("DELETE FROM runs WHERE job = ? AND first = ?", job, first);
}

std::optional<RunRow> TaskTable::first_run(std::uint64_t job) {
  Query query = database_.query("SELECT first, count, deliveries FROM runs WHERE job = ? ORDER BY first LIMIT 1", job);
  if (!query.next()) return std::nullopt;
  RunRow run;
  query.read(run.first, run.count, run.deliveries);
  return run;
}

std::vector<RunRow> TaskTable::runs(std::uint64_t job, std::uint64_t first, std::uint64_t end) {
  std::vector<RunRow> runs;
  Query query = database_.query("SELECT first, count, deliveries FROM runs WHERE job = ? AND first >= ? AND first < ?",
                                job, first, end);
  while (query.next()) {
    RunRow& run = runs.emplace_back();
    query.read(run.first, run.count, run.deliveries);
  }
  return runs;
}

// ---- leases

std::optional<LeaseRow> TaskTable::lease(Token token) {
  return only(all_leases(database_.query("SELECT " DOCMILL_LEASE_COLUMNS " FROM leases WHERE token = ?", token.value)));
}

void TaskTable::insert(const LeaseRow& lease) {
  database_.run("INSERT INTO leases (" DOCMILL_LEASE_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                lease.token.value, lease.job, lease.single, lease.first.index, lease.count, lease.first.part,
                lease.deliveries, lease.expires_at, lease.lease_time, Blob{}, lease.node.value, lease.granted_at);
}

void TaskTable::update(const LeaseRow& lease) {
  const std::string finished = pack_bits(lease.finished);
  database_.run("UPDATE leases SET expires_at = ?, lease_time = ?, finished = ? WHERE token = ?", lease.expires_at,
                lease.lease_time, Blob{finished}, lease.token.value);
}

void TaskTable::erase(Token token) { database_.run("DELETE FROM leases WHERE token = ?", token.value); }

std::vector<LeaseRow> TaskTable::expired(TimePoint now, int limit) {
  return all_leases(database_.query("SELECT " DOCMILL_LEASE_COLUMNS
                                    " FROM leases WHERE expires_at IS NOT NULL AND expires_at <= ? "
                                    "ORDER BY expires_at, job, first, part LIMIT ?",
                                    now, limit));
}

std::optional<LeaseRow> TaskTable::expires_last() {
  return only(all_leases(database_.query(
      "SELECT " DOCMILL_LEASE_COLUMNS " FROM leases WHERE expires_at IS NOT NULL ORDER BY expires_at DESC LIMIT 1")));
}

std::vector<LeaseRow> TaskTable::run_leases(std::uint64_t job, std::uint64_t first, std::uint64_t end) {
  return all_leases(database_.query("SELECT " DOCMILL_LEASE_COLUMNS
                                    " FROM leases WHERE job = ? AND single = 0 AND first >= ? AND first < ?",
                                    job, first, end));
}

std::vector<LeaseRow> TaskTable::granted_first(int limit) {
  return all_leases(database_.query("SELECT " DOCMILL_LEASE_COLUMNS " FROM leases CROSS JOIN jobs ON number = job "
                                    "WHERE token > 0 AND is_cancelled = 0 AND removed = 0 "
                                    "ORDER BY token LIMIT ?",
                                    limit));
}

void TaskTable::freeze(const LeaseRow& lease) {
  database_.run("UPDATE leases SET expires_at = NULL, token = -token WHERE token = ?", lease.token.value);
}

// ---- tasks that were given a second time

std::optional<HedgeRow> TaskTable::hedge(std::uint64_t job, TaskRef ref) {
  Query query = database_.query("SELECT first, second FROM hedges WHERE job = ? AND document = ? AND part = ?", job,
                                ref.index, ref.part);
  if (!query.next()) return std::nullopt;
  HedgeRow hedge;
  hedge.job = job;
  hedge.ref = ref;
  query.read(hedge.first.value, hedge.second.value);
  return hedge;
}

void TaskTable::put(const HedgeRow& hedge) {
  database_.run("REPLACE INTO hedges VALUES (?, ?, ?, ?, ?)", hedge.job, hedge.ref.index, hedge.ref.part,
                hedge.first.value, hedge.second.value);
}

void TaskTable::erase(const HedgeRow& hedge) {
  database_.run("DELETE FROM hedges WHERE job = ? AND document = ? AND part = ?", hedge.job, hedge.ref.index,
                hedge.ref.part);
}

}  // namespace docmill::sqlite
