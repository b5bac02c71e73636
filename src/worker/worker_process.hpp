// From a fork of the fork server to a worker: what a fresh process lays down before it sees a document.
#pragma once

#include <sys/types.h>

#include "core/descriptor.hpp"
#include "protocol/protocol.hpp"

namespace docmill {

// Called in the child right after fork(), which it never leaves. Dies with `parent`, whatever happens to it.
[[noreturn]] void become_worker(Descriptor socket, const protocol::Fork& order, pid_t parent);

// Ctrl-C in a terminal and the signals that a service manager sends to everybody are the node's business: it drains,
// then ends its workers itself. A closed socket is an error code, not a signal.
void leave_signals_to_the_node();

}  // namespace docmill
