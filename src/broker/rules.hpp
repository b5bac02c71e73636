// The rules that every broker shares, as pure functions: limits, turns, backoff, states.
#pragma once

#include <cstdint>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {
struct AddDocuments;
struct Exchange;
}  // namespace docmill

namespace docmill::rules {

inline constexpr int most_listed = 10'000;                                // rows of any listing, a call
inline constexpr std::uint64_t most_documents = std::uint64_t{1} << 32U;  // of one job

// Virtual time that serving one task costs a job: 64 / weight, so that it is whole for every priority.
std::uint64_t turn_cost(Priority priority);

// Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015): uniform in
// [0, min(cap, base * 2^(failures-1))]. The draw is a hash of its arguments (FNV-1a over the job id and the numbers,
// then a splitmix64 finaliser), so that each broker and each repetition of a call gets the same.
Millis retry_delay(const RetryPolicy& policy, const JobId& job, TaskRef ref, int failures);

// State of a document that was split, from the states of its parts that are not final.
TaskState split_state(std::uint64_t waiting, std::uint64_t leased, std::uint64_t retrying);

// The limits of broker.hpp on requests. invalid_option: broken; nothing of the request is done.
Status check(const JobSpec& spec);
Status check(const AddDocuments& request);
Status check(const Exchange& request);

// What a job is, from its flags and counters.
struct JobFlags {
  bool sealed = false;
  bool paused = false;
  bool cancelled = false;
};
JobState job_state(JobFlags flags, const Counters& counters);

// Where documents in `state` are counted.
std::uint64_t& counter(Counters& counters, TaskState state);

}  // namespace docmill::rules
