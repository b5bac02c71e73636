#include "broker/rules.hpp"

#include <algorithm>

#include "broker/broker.hpp"
#include "core/fnv1a.hpp"
#include "core/needs.hpp"

namespace docmill::rules {
namespace {

constexpr Millis longest_ttl = std::chrono::hours(24) * 365 * 100;
constexpr std::size_t most_names = 10'000;
constexpr std::size_t most_name_bytes = std::size_t{64} * 1024;
constexpr int most_wanted = 1'000;
constexpr std::size_t most_parts = 240;

Error malformed(const std::string& why) { return fail(ErrorCode::invalid_option, why); }

std::uint64_t splitmix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace

std::uint64_t turn_cost(Priority priority) {
  return static_cast<std::uint64_t>(weight_of(Priority::critical) / weight_of(priority));
}

Millis retry_delay(const RetryPolicy& policy, const JobId& job, TaskRef ref, int failures) {
  if (policy.backoff_base <= Millis{0} || policy.backoff_cap <= Millis{0}) return Millis{0};
  const std::int64_t factor = std::int64_t{1} << std::clamp(failures - 1, 0, 30);
  const bool capped = policy.backoff_base > policy.backoff_cap / factor;  // asked so that nothing overflows
  const Millis ceiling = capped ? policy.backoff_cap : policy.backoff_base * factor;

  auto hash = fnv1a(job.value);
  hash = splitmix64(hash ^ ref.index);
  hash = splitmix64(hash ^ static_cast<std::uint64_t>(ref.part));
  hash = splitmix64(hash ^ static_cast<std::uint64_t>(failures));
  return Millis{static_cast<std::int64_t>(hash % (static_cast<std::uint64_t>(ceiling.count()) + 1))};
}

TaskState split_state(std::uint64_t waiting, std::uint64_t leased, std::uint64_t /*retrying*/) {
  if (leased > 0) return TaskState::leased;
  if (waiting > 0) return TaskState::waiting;
  return TaskState::retrying;
}

Status check(const JobSpec& spec) {
  DOCMILL_CHECK(check_needs(spec.needs));
  if (spec.result_ttl >= Millis{0} && spec.result_ttl <= longest_ttl) return {};
  return malformed("results are kept from 0 (for ever) to 100 years");
}

Status check(const AddDocuments& request) {
  if (request.names.size() > most_names) {
    return malformed("at most " + std::to_string(most_names) + " documents can be added at once, not " +
                     std::to_string(request.names.size()));
  }
  for (std::size_t i = 0; i < request.names.size(); ++i) {
    const std::string& name = request.names[i];
    const std::string which = "the name of document " + std::to_string(request.first + i);
    if (name.size() > most_name_bytes) return malformed(which + " is longer than 64 KiB");
    if (name.find('\0') != std::string::npos) return malformed(which + " has a NUL byte in it");
  }
  if (request.first >= most_documents || request.first + request.names.size() > most_documents) {
    return malformed("a job has at most " + std::to_string(most_documents) + " documents");
  }
  return {};
}

Status check(const Exchange& request) {
  DOCMILL_CHECK(check_offers(request.offers));
  if (request.want < 0 || request.want > most_wanted) {
    return malformed("an exchange takes from 0 to " + std::to_string(most_wanted) + " tasks, not " +
                     std::to_string(request.want));
  }
  if (request.lease_time <= Millis{0}) return malformed("a lease must last for longer than nothing");
  if (request.hedge_after < Millis{0}) return malformed("a task cannot be given a second time before the first");
  for (const Completion& completion : request.completions) {
    if (completion.kind != Completion::Kind::split) continue;
    if (completion.ref.part != 0) return malformed("a part cannot be split again");
    if (completion.parts.size() < 2 || completion.parts.size() > most_parts) {
      return malformed("a document is split into 2 to " + std::to_string(most_parts) + " parts, not " +
                       std::to_string(completion.parts.size()));
    }
  }
  return {};
}

JobState job_state(JobFlags flags, const Counters& counters) {
  if (flags.cancelled) return JobState::cancelled;
  if (!flags.sealed) return JobState::open;
  if (counters.waiting + counters.leased + counters.retrying == 0) return JobState::finished;
  return flags.paused ? JobState::paused : JobState::running;
}

std::uint64_t& counter(Counters& counters, TaskState state) {
  switch (state) {
    case TaskState::waiting:
      return counters.waiting;
    case TaskState::leased:
      return counters.leased;
    case TaskState::retrying:
      return counters.retrying;
    case TaskState::done:
      return counters.done;
    case TaskState::failed:
      return counters.failed;
    case TaskState::cancelled:
      break;
  }
  return counters.cancelled;
}

}  // namespace docmill::rules
