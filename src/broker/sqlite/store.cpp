#include "broker/sqlite/store.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "broker/rules.hpp"
#include "broker/sqlite/packing.hpp"
#include "core/error.hpp"
#include "core/needs.hpp"

namespace docmill::sqlite {
namespace {

constexpr Millis node_memory = std::chrono::minutes(1);
constexpr std::uint64_t rows_of_remove = 2'000;
constexpr std::uint64_t rows_in_passing = 100;

Error no_job(const JobId& job) { return fail(ErrorCode::not_found, "there is no job " + job.value); }
Error refused(const JobId& job, const std::string& why) {
  return fail(ErrorCode::conflict, "job " + job.value + " " + why);
}

bool has_ended(const JobRow& job) {
  const JobState state = state_of(job);
  return state == JobState::finished || state == JobState::cancelled;
}

JobId random_id() {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::array<std::uint64_t, 16> random{};
  sqlite3_randomness(sizeof random, random.data());
  JobId id;
  for (const std::uint64_t number : random) id.value.push_back(letters[number % letters.size()]);
  return id;
}

}  // namespace

// ---- Submission

Result<CreatedJob> Store::create(const CreateJob& request) {
  DOCMILL_CHECK(rules::check(request.spec));
  clear_away(rows_in_passing);
  const TimePoint now = clock_.now();
  if (auto earlier = clients_.replay<CreatedJob>(request.id, now)) return std::move(*earlier);
  Result<CreatedJob> answer = create_new(request.spec);
  clients_.remember(request.id, now, answer);
  return answer;
}

Result<CreatedJob> Store::create_new(const JobSpec& spec) {
  if (!spec.idempotency_key.empty()) {
    if (const JobRow* job = jobs_.with_key(spec.idempotency_key)) {
      if (jobs_.spec(*job)->body_digest != spec.body_digest) {
        return refused(job->id, "was submitted with the same idempotency key and something else in it");
      }
      return CreatedJob{.job = job->id, .existed = true, .documents = job->documents, .sealed = job->sealed};
    }
  }
  JobRow job;
  job.id = random_id();
  job.pipeline = spec.pipeline;
  job.needs = join_words(spec.needs);
  job.result_ttl = spec.result_ttl;
  job.priority = spec.priority;
  job.created_at = job.touched_at = clock_.now();
  return CreatedJob{.job = jobs_.create(std::move(job), spec).id};
}

Status Store::add_documents(const AddDocuments& request) {
  clear_away(rows_in_passing);
  DOCMILL_CHECK(rules::check(request));
  JobRow* job = jobs_.find(request.job);
  if (job == nullptr) return no_job(request.job);
  if (job->sealed) return refused(job->id, "is sealed and takes no more documents");
  if (job->cancelled) return refused(job->id, "is cancelled and takes no more documents");
  job->touched_at = clock_.now();
  const std::uint64_t end = request.first + request.names.size();
  const bool is_new = end > job->documents;
  const bool fits = request.first == job->documents;
  if (is_new && fits) {
    names_.append(job->number, request.first, request.names);
    job->documents = end;
    job->counters.waiting += request.names.size();
  }
  if (is_new && !fits) {
    return refused(request.job, "has " + std::to_string(job->documents) + " documents; names from number " +
                                    std::to_string(request.first) + " on do not fit there");
  }
  return {};
}

Status Store::seal(const JobId& id) {
  clear_away(rows_in_passing);
  JobRow* job = jobs_.find(id);
  if (job == nullptr) return no_job(id);
  if (job->cancelled) return refused(id, "is cancelled");
  job->sealed = true;
  return {};
}

// ---- Nodes

RenewReply Store::renew(const Renew& request) {
  repair();
  RenewReply reply;
  for (const Token token : request.tokens) {
    std::optional<LeaseRow> lease = held_lease(token);
    if (!lease) {
      reply.lost.push_back(token);
      continue;
    }
    lease->lease_time = request.lease_time;
    lease->expires_at = clock_.now() + request.lease_time;
    tasks_.update(*lease);
    if (jobs_.at(lease->job).paused) reply.paused.push_back(token);
  }
  return reply;
}

void Store::register_node(const NodeInfo& node) {
  clear_away(rows_in_passing);
  const TimePoint now = clock_.now();
  Packer offers;
  for (const std::string& word : node.offers) offers.bytes(word);
  database_.run("REPLACE INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", node.id.value, node.host, node.pid,
                node.version, node.started_at, now, node.workers, node.busy, node.tasks_done, Blob{offers.data()});
  database_.run("DELETE FROM nodes WHERE seen_at <= ?", now - node_memory);
}

void Store::unregister_node(const NodeId& node) { database_.run("DELETE FROM nodes WHERE id = ?", node.value); }

std::vector<NodeInfo> Store::nodes() {
  std::vector<NodeInfo> nodes;
  Query query = database_.query(
      "SELECT id, host, pid, version, started_at, seen_at, workers, busy, tasks_done, offers FROM nodes "
      "WHERE seen_at > ? ORDER BY id",
      clock_.now() - node_memory);
  while (query.next()) {
    NodeInfo& node = nodes.emplace_back();
    std::string_view offers;
    query.read(node.id.value, node.host, node.pid, node.version, node.started_at, node.seen_at, node.workers, node.busy,
               node.tasks_done, offers);
    for (Unpacker words(offers); !words.at_end();) node.offers.emplace_back(words.bytes());
  }
  return nodes;
}

// ---- Users

JobStatus Store::describe(const JobRow& job) {
  JobStatus status;
  status.id = job.id;
  status.spec = *jobs_.spec(job);
  status.state = state_of(job);
  status.counters = job.counters;
  status.partial = job.partial;
  status.pages = job.pages;
  status.created_at = job.created_at;
  status.finished_at = job.finished_at;
  status.version = job.version;
  return status;
}

Result<JobStatus> Store::status(const JobId& id) {
  repair();
  const JobRow* job = jobs_.find(id);
  if (job == nullptr) return no_job(id);
  return describe(*job);
}

JobPage Store::jobs(const std::string& after, int limit) {
  JobPage page;
  std::uint64_t before = std::uint64_t{1} << 62U;
  if (!after.empty()) {
    const auto parsed = std::from_chars(after.data(), after.data() + after.size(), before);
    if (parsed.ec != std::errc() || parsed.ptr != after.data() + after.size()) return page;
  }
  limit = std::clamp(limit, 0, rules::most_listed);
  const std::vector<std::uint64_t> numbers = jobs_.youngest(before, limit + 1);  // one more tells whether there is more
  for (const std::uint64_t number : numbers) {
    if (std::ssize(page.jobs) == limit) break;
    page.jobs.push_back(describe(jobs_.at(number)));
    page.next = std::to_string(number);
  }
  if (page.jobs.size() == numbers.size()) page.next.clear();
  return page;
}

Result<ResultPage> Store::results(const JobId& id, std::uint64_t cursor, int limit) {
  const JobRow* job = jobs_.find(id);
  if (job == nullptr) return no_job(id);
  return read_results(database_, *job, cursor, std::min(limit, rules::most_listed));
}

Status Store::cancel(const JobId& id) {
  clear_away(rows_in_passing);
  JobRow* job = jobs_.find(id);
  if (job == nullptr) return no_job(id);
  if (state_of(*job) == JobState::finished) return refused(id, "is finished");
  cancel(*job);
  return {};
}

// Promise 10: the rows of what was under way stay as they are, whatever their number.
void Store::cancel(JobRow& job) {
  if (job.cancelled) return;
  Counters& counters = job.counters;
  counters.cancelled = counters.waiting + counters.leased + counters.retrying;
  counters.waiting = counters.leased = counters.retrying = 0;
  job.leases = 0;
  job.cancelled = true;
}

Status Store::pause(const JobId& id) {
  clear_away(rows_in_passing);
  JobRow* job = jobs_.find(id);
  if (job == nullptr) return no_job(id);
  if (has_ended(*job)) return refused(id, "has ended");
  job->paused = true;
  return {};
}

Status Store::resume(const JobId& id) {
  clear_away(rows_in_passing);
  JobRow* job = jobs_.find(id);
  if (job == nullptr) return no_job(id);
  if (job->cancelled) return refused(id, "is cancelled");
  job->paused = false;
  return {};
}

Result<std::uint64_t> Store::retry_failed(const RequestId& id, const JobId& job_id, int limit) {
  clear_away(rows_in_passing);
  const TimePoint now = clock_.now();
  if (auto earlier = clients_.replay<std::uint64_t>(id, now)) return std::move(*earlier);
  Result<std::uint64_t> answer = std::uint64_t{0};
  JobRow* job = jobs_.find(job_id);
  if (job == nullptr) {
    answer = no_job(job_id);
  } else if (job->cancelled) {
    answer = refused(job_id, "is cancelled");
  } else {
    answer = retry_failed(*job, std::clamp(limit, 0, rules::most_listed));
  }
  clients_.remember(id, now, answer);
  return answer;
}

std::uint64_t Store::retry_failed(JobRow& job, int limit) {
  const std::vector<TaskRow> failed = tasks_.failed_documents(job.number, limit);
  for (const TaskRow& task : failed) {
    TaskRow fresh;
    fresh.job = task.job;
    fresh.ref = task.ref;
    fresh.state = WorkState::failed;
    change(job, fresh, WorkState::waiting);
  }
  return failed.size();
}

Result<bool> Store::remove(const JobId& id) {
  if (JobRow* job = jobs_.find(id)) {
    if (!has_ended(*job)) return refused(id, "has not ended: cancel it first");
    jobs_.hide(*job);
    jobs_.flush();
  }
  const JobRow* job = jobs_.find_removed(id);
  if (job == nullptr) return no_job(id);
  const bool cleared = clear_away(job->number, rows_of_remove);
  return cleared;
}

BrokerStats Store::stats() {
  const QueueRow& queue = jobs_.queue();
  BrokerStats stats;
  stats.jobs = queue.jobs;
  stats.documents = queue.documents;
  stats.leases = queue.leases;
  return stats;
}

}  // namespace docmill::sqlite
