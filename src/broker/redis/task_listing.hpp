// A page of the listing of documents, put together from what the functions know of a stretch of them
// (library/8_listing.lua).
#pragma once

#include <optional>

#include "broker/broker.hpp"
#include "broker/redis/wire.hpp"

namespace docmill::redis {

TaskPage unpack_tasks(Reader& reader, std::optional<TaskState> state);

}  // namespace docmill::redis
