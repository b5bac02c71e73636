// The log of a job's results: per result its index, its size doubled plus 1 where it is partial, and the record. The
// functions store it as bytes without looking into it, so both ends are here.
//
// A cursor is a byte of the log where a result begins, below 2^40, with 13 bits above it that depend on both the job
// and that byte: a cursor that was made up, or taken from another job, is noticed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/broker.hpp"
#include "broker/redis/wire.hpp"

namespace docmill::redis {

void append_entry(Writer& log, std::uint64_t index, Outcome outcome, std::string_view result);

// The whole results at the start of `log`, until `page` has `limit`. Returns how many bytes they take.
std::size_t read_entries(std::string_view log, std::size_t limit, ResultPage& page);

std::uint64_t cursor_at(const JobId& job, std::uint64_t byte);
// Nothing: no cursor of this job.
std::optional<std::uint64_t> byte_of(const JobId& job, std::uint64_t cursor);

}  // namespace docmill::redis
