// Replies as text: two brokers agree when their texts are equal, and a person can read where they do not.
#pragma once

#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::test {

// Printable, short: long or binary strings become their length and hash.
std::string text(const std::string& bytes);
std::string text(const Error& error);
std::string text(const JobSpec& spec);
std::string text(const Counters& counters);
// Everything but the version, which only has to grow.
std::string text(const JobStatus& status);
std::string text(const TaskInfo& info);
std::string text(const ResultRow& row);
std::string text(const LeasedTask& task);
// Without the token.
std::string text(const Lease& lease);
// By id; without the order.
std::string text(const std::vector<NodeInfo>& nodes);
std::string text(const BrokerStats& stats);
std::string text(const CreatedJob& created);

// A failure by its code alone: sentences may differ.
template <class T>
std::string text(const Result<T>& result) {
  if (!result) return "error " + std::string(to_string(result.error().code));
  if constexpr (std::is_void_v<T>) {
    return "ok";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(*result);
  } else {
    return text(*result);
  }
}

}  // namespace docmill::test
