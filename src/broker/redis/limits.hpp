// What makes a request malformed: found here, before anything is sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::redis {

inline constexpr int most_listed = 10'000;
inline constexpr std::uint64_t most_documents = std::uint64_t{1} << 32U;  // of one job

Status check(const AddDocuments& request);
Status check(const Exchange& request);

// 6 bytes each; those that no broker gave are 0.
std::string pack_tokens(const std::vector<Token>& tokens);

}  // namespace docmill::redis
