#include "broker/sqlite/job_table.hpp"

#include <algorithm>
#include <utility>

#include "broker/rules.hpp"
#include "core/error.hpp"
#include "core/needs.hpp"

namespace docmill::sqlite {
namespace {

constexpr std::size_t most_specs = 64;

// A macro, for only literals can be joined to literals, and a statement is known by its literal.
#define DOCMILL_JOB_COLUMNS                                                                                    \
  "number, id, pipeline, priority, sealed, paused, is_cancelled, removed, servable, virtual_time, documents, " \
  "cursor, waiting, leased, retrying, done, failed, cancelled, partial, pages, created_at, touched_at, "       \
  "finished_at, version, singles, runs, leases, results, needs, result_ttl, hedges"

void read_job(const Query& query, JobRow& row) {
  Counters& c = row.counters;
  query.read(row.number, row.id.value, row.pipeline, row.priority, row.sealed, row.paused, row.cancelled, row.removed,
             row.servable, row.virtual_time, row.documents, row.cursor, c.waiting, c.leased, c.retrying, c.done,
             c.failed, c.cancelled, row.partial, row.pages, row.created_at, row.touched_at, row.finished_at,
             row.version, row.singles, row.runs, row.leases, row.results, row.needs, row.result_ttl, row.hedges);
}

bool has_ended(const JobRow& row) {
  const JobState state = state_of(row);
  return state == JobState::finished || state == JobState::cancelled;
}

// `sum` without `before`, with `after`. Unsigned: a passing borrow does no harm.
void replace(std::uint64_t& sum, std::uint64_t before, std::uint64_t after) { sum += after - before; }

bool looks_the_same(const JobRow& a, const JobRow& b) {
  return state_of(a) == state_of(b) && a.counters == b.counters && a.partial == b.partial && a.pages == b.pages &&
         a.finished_at == b.finished_at;
}

}  // namespace

JobState state_of(const JobRow& job) {
  return rules::job_state({.sealed = job.sealed, .paused = job.paused, .cancelled = job.cancelled}, job.counters);
}

void JobTable::begin() {
  queue_.reset();
  jobs_.clear();
  changes_ = {};
}

QueueRow& JobTable::queue() {
  if (queue_) return *queue_;
  Query query = database_.query(
      "SELECT last_token, virtual_time, jobs, waiting, leased, retrying, done, failed, cancelled, leases, removed "
      "FROM queue");
  QueueRow row;
  if (!query.next()) database_.raise(SQLITE_CORRUPT);
  Counters& c = row.documents;
  query.read(row.last_token, row.virtual_time, row.jobs, c.waiting, c.leased, c.retrying, c.done, c.failed, c.cancelled,
             row.leases, row.removed);
  saved_queue_ = row;
  return queue_.emplace(row);
}

JobRow* JobTable::found(Query query) {
  if (!query.next()) return nullptr;
  JobRow row;
  read_job(query, row);
  const auto [entry, fresh] = jobs_.try_emplace(row.number);
  if (fresh) entry->second = {.row = row, .saved = row};
  return &entry->second.row;
}

JobRow* JobTable::find(const JobId& id) {
  JobRow* row = found(database_.query("SELECT " DOCMILL_JOB_COLUMNS " FROM jobs WHERE id = ?", id.value));
  return row == nullptr || row->removed ? nullptr : row;
}

JobRow* JobTable::find_removed(const JobId& id) {
  JobRow* row = found(database_.query("SELECT " DOCMILL_JOB_COLUMNS " FROM jobs WHERE id = ?", id.value));
  return row != nullptr && row->removed ? row : nullptr;
}

JobRow& JobTable::at(std::uint64_t number) {
  const auto known = jobs_.find(number);
  if (known != jobs_.end()) return known->second.row;
  JobRow* row = found(database_.query("SELECT " DOCMILL_JOB_COLUMNS " FROM jobs WHERE number = ?", number));
  if (row == nullptr) database_.raise(SQLITE_CORRUPT);
  return *row;
}

JobRow* JobTable::with_key(const std::string& key) {
  return found(database_.query("SELECT " DOCMILL_JOB_COLUMNS " FROM jobs WHERE idempotency_key = ?", key));
}

JobRow& JobTable::create(JobRow row, const JobSpec& spec) {
  ++queue().jobs;
  database_.run(
      "INSERT INTO jobs VALUES (NULL, ?, nullif(?, ''), ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?, ?, 0, "
      "1, 0, 0, 0, 0, ?, ?, 0)",
      row.id.value, spec.idempotency_key, row.pipeline, row.priority, row.created_at, row.touched_at, row.needs,
      row.result_ttl);
  row.number = static_cast<std::uint64_t>(database_.number("SELECT last_insert_rowid()"));
  database_.run("INSERT INTO specs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row.number, spec.name, spec.options,
                spec.retry.max_attempts, spec.retry.max_deliveries, spec.retry.backoff_base, spec.retry.backoff_cap,
                spec.idempotency_key, spec.body_digest);
  return jobs_.emplace(row.number, Entry{.row = row, .saved = row}).first->second.row;
}

std::vector<std::uint64_t> JobTable::youngest(std::uint64_t before, int limit) {
  std::vector<std::uint64_t> numbers;
  Query query = database_.query("SELECT number FROM jobs WHERE number < ? AND removed = 0 ORDER BY number DESC LIMIT ?",
                                before, limit);
  while (query.next()) query.read(numbers.emplace_back());
  return numbers;
}

std::shared_ptr<const JobSpec> JobTable::spec(const JobRow& job) {
  const auto known = specs_.find(job.number);
  if (known != specs_.end()) return known->second;
  Query query = database_.query(
      "SELECT name, options, max_attempts, max_deliveries, backoff_base, backoff_cap, idempotency_key, body_digest "
      "FROM specs WHERE job = ?",
      job.number);
  if (!query.next()) database_.raise(SQLITE_CORRUPT);
  const auto spec = std::make_shared<JobSpec>();
  query.read(spec->name, spec->options, spec->retry.max_attempts, spec->retry.max_deliveries, spec->retry.backoff_base,
             spec->retry.backoff_cap, spec->idempotency_key, spec->body_digest);
  spec->pipeline = job.pipeline;
  spec->needs = split_words(job.needs);
  spec->result_ttl = job.result_ttl;
  spec->priority = job.priority;
  if (specs_.size() >= most_specs) specs_.clear();
  specs_.emplace(job.number, spec);
  return spec;
}

void JobTable::hide(JobRow& job) {
  job.removed = true;
  --queue().jobs;
  ++queue().removed;
  database_.run("UPDATE jobs SET idempotency_key = NULL WHERE number = ?", job.number);
  changes_.jobs.push_back(job.id);
}

void JobTable::erase(std::uint64_t number) {
  --queue().removed;
  database_.run("DELETE FROM specs WHERE job = ?", number);
  database_.run("DELETE FROM jobs WHERE number = ?", number);
  jobs_.erase(number);
  specs_.erase(number);
}

void JobTable::flush() {
  for (auto& [number, entry] : jobs_) {
    if (entry.row == entry.saved) continue;
    settle(entry);
    add_to_sums(entry.saved, entry.row);
    write(entry.row);
    entry.saved = entry.row;
  }
  if (!queue_ || *queue_ == saved_queue_) return;
  const Counters& c = queue_->documents;
  database_.run(
      "UPDATE queue SET last_token = ?, virtual_time = ?, jobs = ?, waiting = ?, leased = ?, retrying = ?, done = ?, "
      "failed = ?, cancelled = ?, leases = ?, removed = ?",
      queue_->last_token, queue_->virtual_time, queue_->jobs, c.waiting, c.leased, c.retrying, c.done, c.failed,
      c.cancelled, queue_->leases, queue_->removed);
  saved_queue_ = *queue_;
}

void JobTable::settle(Entry& entry) {
  JobRow& row = entry.row;
  if (!has_ended(row)) {
    row.finished_at = {};
  } else if (row.finished_at == TimePoint{}) {
    row.finished_at = clock_.now();
  }
  if (!looks_the_same(row, entry.saved)) {
    ++row.version;
    changes_.jobs.push_back(row.id);
  }
  row.servable = row.sealed && !row.paused && !row.cancelled && !row.removed &&
                 (row.singles > 0 || row.runs > 0 || row.cursor < row.documents);
  if (row.servable && !entry.saved.servable) {
    row.virtual_time = std::max(row.virtual_time, queue().virtual_time);
    changes_.work_arrived = true;
  }
}

void JobTable::add_to_sums(const JobRow& before, const JobRow& after) {
  const Counters nothing;
  const Counters& from = before.removed ? nothing : before.counters;
  const Counters& to = after.removed ? nothing : after.counters;
  Counters& sums = queue().documents;
  replace(sums.waiting, from.waiting, to.waiting);
  replace(sums.leased, from.leased, to.leased);
  replace(sums.retrying, from.retrying, to.retrying);
  replace(sums.done, from.done, to.done);
  replace(sums.failed, from.failed, to.failed);
  replace(sums.cancelled, from.cancelled, to.cancelled);
  replace(queue().leases, before.removed ? 0 : before.leases, after.removed ? 0 : after.leases);
}

void JobTable::write(const JobRow& row) {
  const Counters& c = row.counters;
  database_.run(
      "UPDATE jobs SET sealed = ?, paused = ?, is_cancelled = ?, removed = ?, servable = ?, virtual_time = ?, "
      "documents = ?, cursor = ?, waiting = ?, leased = ?, retrying = ?, done = ?, failed = ?, cancelled = ?, "
      "partial = ?, pages = ?, touched_at = ?, finished_at = ?, version = ?, singles = ?, runs = ?, leases = ?, "
      "results = ?, hedges = ? WHERE number = ?",
      row.sealed, row.paused, row.cancelled, row.removed, row.servable, row.virtual_time, row.documents, row.cursor,
      c.waiting, c.leased, c.retrying, c.done, c.failed, c.cancelled, row.partial, row.pages, row.touched_at,
      row.finished_at, row.version, row.singles, row.runs, row.leases, row.results, row.hedges, row.number);
}

}  // namespace docmill::sqlite
