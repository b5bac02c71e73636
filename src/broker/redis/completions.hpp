// The completions of an exchange as the functions take them (library/4_completions.lua): steps of a fixed size, and
// what they carry. Neighbouring documents of one lease that are done, with as many pages each, or
// released, are one step.
#pragma once

#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::redis {

struct Steps {
  std::string steps;
  std::string data;              // of parts, failures and splits
  std::vector<std::string> log;  // entries of documents that are done, cut (result_log.hpp)
};

Steps pack_completions(const std::vector<Completion>& completions);

// The arguments of docmill_exchange. `known_specs`: KnownSpecs::ids().
std::vector<std::string> pack_exchange(const Exchange& request, const RequestId& id, bool strict_scheduling,
                                       const std::string& known_specs);

// An error as it is stored: code, page and message with NULs between them.
std::string pack_error(const Error& error);
// Of nothing: Error().
Error unpack_error(std::string_view packed);

}  // namespace docmill::redis
