// The rules that every broker shares, as pure functions: turns, backoff, states.
#pragma once

#include <cstdint>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill::rules {

// Virtual time that serving one task costs a job: 64 / weight, so that it is whole for every priority.
std::uint64_t turn_cost(Priority priority);

// Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015): uniform in
// [0, min(cap, base * 2^(failures-1))]. The draw is a hash of its arguments (FNV-1a over the job id and the numbers,
// then a splitmix64 finaliser), so that each broker and each repetition of a call gets the same.
Millis retry_delay(const RetryPolicy& policy, const JobId& job, TaskRef ref, int failures);

// State of a document that was split, from the states of its parts that are not final.
TaskState split_state(std::uint64_t waiting, std::uint64_t leased, std::uint64_t retrying);

// The limits of broker.hpp on what is submitted. invalid_option: broken.
Status check(const JobSpec& spec);

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
