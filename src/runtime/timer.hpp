// Pauses of coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace docmill {

// Cancelling the coroutine ends the pause with operation_aborted.
boost::asio::awaitable<void> sleep_for(std::chrono::milliseconds duration);

}  // namespace docmill
