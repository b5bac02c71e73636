// Whose turn it is, what is leased to whom, and the repetition of an exchange.
#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "broker/rules.hpp"
#include "broker/sqlite/store.hpp"
#include "core/needs.hpp"

namespace docmill::sqlite {

Result<ExchangeReply> Store::exchange(const Exchange& request) {
  DOCMILL_CHECK(rules::check(request));
  repair();
  const TimePoint now = clock_.now();
  Result<ExchangeAnswer> answer = ExchangeAnswer{};
  if (auto earlier = clients_.replay<ExchangeAnswer>(request.id, now)) {
    answer = std::move(*earlier);
  } else {
    answer->stale = complete_all(request.completions);
    jobs_.flush();
    answer->tokens = serve_all(request);
    jobs_.flush();
    answer->more = next_turn(request.offers).has_value();
    clients_.remember(request.id, now, answer);
  }
  if (!answer) return std::move(answer).error();
  return reply_from(*answer);
}

// ---- Turns

// The needs of jobs that have work to give, in order: the first, or those after `last`. One look at the index, however
// many jobs need the same.
std::optional<std::string> Store::next_needs(const std::optional<std::string>& last) {
  Query query =
      last ? database_.query("SELECT needs FROM jobs WHERE servable = 1 AND needs > ? ORDER BY needs LIMIT 1", *last)
           : database_.query("SELECT needs FROM jobs WHERE servable = 1 ORDER BY needs LIMIT 1");
  if (!query.next()) return std::nullopt;
  std::string needs;
  query.read(needs);
  return needs;
}

// Those that are offered.
std::vector<std::string> Store::servable_needs(const std::vector<std::string>& offers) {
  std::vector<std::string> servable;
  for (auto needs = next_needs(std::nullopt); needs; needs = next_needs(needs)) {
    if (covers(offers, split_words(*needs))) servable.push_back(*needs);
  }
  return servable;
}

// The job to be served next, among those that can be. One look at the index per different needs and priority.
std::optional<std::uint64_t> Store::next_turn(const std::vector<std::string>& offers) {
  std::optional<std::tuple<int, std::uint64_t, std::uint64_t>> best;  // rank, virtual time, number
  for (const std::string& needs : servable_needs(offers)) {
    for (const PriorityInfo& priority : priorities) {
      Query query = database_.query(
          "SELECT virtual_time, number FROM jobs WHERE servable = 1 AND needs = ? AND priority = ? "
          "ORDER BY virtual_time, number LIMIT 1",
          needs, priority.priority);
      if (!query.next()) continue;
      std::tuple<int, std::uint64_t, std::uint64_t> turn(strict_ ? -priority.weight : 0, 0, 0);
      query.read(std::get<1>(turn), std::get<2>(turn));
      if (!best || turn < *best) best = turn;
    }
  }
  if (!best) return std::nullopt;
  return std::get<2>(*best);
}

std::vector<Token> Store::serve_all(const Exchange& request) {
  std::vector<Token> tokens;
  auto want = static_cast<std::uint64_t>(request.want);
  while (want > 0) {
    const std::optional<std::uint64_t> number = next_turn(request.offers);
    if (!number) break;
    const std::uint64_t served = serve(jobs_.at(*number), request, want, tokens);
    if (served == 0) database_.raise(SQLITE_CORRUPT);  // it was said to have something to give
    want -= served;
    jobs_.flush();
  }
  if (want > 0 && request.hedge_after > Millis{0}) hedge(request, want, tokens);
  return tokens;
}

// Leases up to `want` tasks of the job: single ones, returned runs, fresh documents. Returns how many.
std::uint64_t Store::serve(JobRow& job, const Exchange& request, std::uint64_t want, std::vector<Token>& tokens) {
  const std::uint64_t wanted = want;
  if (job.singles > 0) {
    for (const TaskRow& task : tasks_.waiting(job.number, want)) {
      LeaseRow lease;
      lease.single = true;
      lease.first = task.ref;
      lease.deliveries = task.deliveries;
      tokens.push_back(grant(job, std::move(lease), request));
      change(job, task, WorkState::leased);
      --want;
    }
  }
  const auto grant_run = [&](std::uint64_t first, std::uint64_t count, int deliveries) {
    LeaseRow lease;
    lease.first.index = first;
    lease.count = count;
    lease.deliveries = deliveries;
    tokens.push_back(grant(job, std::move(lease), request));
    job.counters.waiting -= count;
    job.counters.leased += count;
    want -= count;
  };
  while (want > 0 && job.runs > 0) {
    RunRow run = tasks_.first_run(job.number).value();
    const std::uint64_t taken = std::min(want, run.count);
    grant_run(run.first, taken, run.deliveries);
    tasks_.erase_run(job.number, run.first);
    run.first += taken;
    run.count -= taken;
    if (run.count > 0) tasks_.put_run(job.number, run);
    if (run.count == 0) --job.runs;
  }
  if (want > 0 && job.cursor < job.documents) {
    const std::uint64_t first = job.cursor;
    job.cursor += std::min(want, job.documents - first);
    grant_run(first, job.cursor - first, 0);
  }
  jobs_.queue().virtual_time = job.virtual_time;
  job.virtual_time += (wanted - want) * rules::turn_cost(job.priority);
  return wanted - want;
}

Token Store::grant(JobRow& job, LeaseRow lease, const Exchange& request) {
  lease.token = Token{++jobs_.queue().last_token};
  lease.job = job.number;
  lease.lease_time = request.lease_time;
  lease.expires_at = clock_.now() + request.lease_time;
  lease.node = request.node;
  lease.granted_at = clock_.now();
  tasks_.insert(lease);
  ++job.leases;
  return lease.token;
}

// ---- Replies

// From the rows as they are: a repeated call gets what still holds (promise 9).
ExchangeReply Store::reply_from(const ExchangeAnswer& answer) {
  ExchangeReply reply;
  reply.stale = answer.stale;
  reply.more = answer.more;
  for (const Token token : answer.tokens) {
    if (const std::optional<LeaseRow> lease = held_lease(token)) reply.leases.push_back(describe(*lease));
  }
  return reply;
}

Lease Store::describe(const LeaseRow& row) {
  const JobRow& job = jobs_.at(row.job);
  Lease lease;
  lease.token = row.token;
  lease.job = job.id;
  lease.spec = jobs_.spec(job);
  lease.expires_at = row.expires_at;
  if (row.single) {
    lease.tasks.push_back(describe_single(tasks_.at(row.job, row.first)));
    return lease;
  }
  lease.tasks.reserve(row.count);
  for (std::uint64_t i = 0; i < row.count; ++i) {
    const TaskRef ref{.index = row.first.index + i, .part = 0};
    if (!row.holds(ref)) continue;
    LeasedTask& task = lease.tasks.emplace_back();
    task.ref = ref;
    task.document = names_.name(row.job, ref.index);
    task.deliveries = row.deliveries;
  }
  return lease;
}

LeasedTask Store::describe_single(const TaskRow& row) {
  LeasedTask task;
  task.ref = row.ref;
  task.document = names_.name(row.job, row.ref.index);
  task.attempt = row.attempts + 1;
  task.deliveries = row.deliveries;
  if (row.ref.part > 0) {
    task.kind = TaskKind::part;
    task.pages = row.pages;
    task.part_count = tasks_.at(row.job, {.index = row.ref.index, .part = 0}).parts;
  } else if (row.merging) {
    task.kind = TaskKind::merge;
    task.part_count = row.parts;
    for (const TaskRow& part : tasks_.parts(row.job, row.ref.index)) {
      const bool failed = part.state == WorkState::failed;
      task.part_ranges.push_back(part.pages);
      task.part_results.push_back(failed ? "" : tasks_.part_result(row.job, part.ref));
      task.part_errors.push_back(failed ? part.error : Error());
    }
  }
  return task;
}

}  // namespace docmill::sqlite
