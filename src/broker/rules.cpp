#include "broker/rules.hpp"

#include <algorithm>

#include "core/needs.hpp"

namespace docmill::rules {
namespace {

constexpr Millis longest_ttl = std::chrono::hours(24) * 365 * 100;

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

  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : job.value) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
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
  return fail(ErrorCode::invalid_option, "results are kept from 0 (for ever) to 100 years");
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
