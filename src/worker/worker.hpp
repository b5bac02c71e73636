// The worker: runs the tasks that come over its socket, one at a time, in their order, until the socket is closed.
//
// Results of instant tasks are gathered while more of them wait; a task that may take long sends all that was
// gathered before it begins, so that its death cannot take finished work along.
#pragma once

#include <cstdint>

#include "core/descriptor.hpp"

namespace docmill {

// `memory_limit`: bytes, for messages; 0: none. Returns the exit status of the process: 0 when the node closed the
// socket, exit_out_of_memory after a task for which memory did not suffice, 1 when the node broke the protocol (said on
// stderr).
int run_worker(Descriptor socket, std::uint64_t memory_limit);

}  // namespace docmill
