// A page of the listing of documents, put together from what the functions know of a stretch of them
// (library/8_listing.lua).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "broker/broker.hpp"
#include "broker/redis/wire.hpp"

namespace docmill::redis {

TaskPage unpack_tasks(Reader reader, const std::vector<std::string_view>& name_chunks, std::optional<TaskState> state);

}  // namespace docmill::redis
