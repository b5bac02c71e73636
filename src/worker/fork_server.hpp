// The fork server: a small process that has loaded libraries and models once and forks workers that share them.
//
// It never touches a document and holds no thread (a fork copies only the calling one). One loop waits for orders of
// the node and for the end of workers. When the node's socket closes, it kills what it started and ends.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "core/descriptor.hpp"
#include "protocol/protocol.hpp"
#include "worker/channel.hpp"

namespace docmill {

class ForkServer {
 public:
  // Blocks SIGCHLD in this thread, which must be the process's only one; the process must have no other children.
  explicit ForkServer(Descriptor socket);
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;
  ~ForkServer();  // kills and reaps all workers

  // Warms up, says `ready`, serves until the node closes the socket. ChannelError: the node broke the protocol.
  void run();

 private:
  struct Child {
    std::uint64_t worker = 0;
    std::uint64_t shared = 0;  // bytes of resident memory that it was born with
  };

  bool wait_for_node();
  void serve(Frame frame);
  void fork_worker(Frame frame);
  void kill_worker(std::uint64_t worker);
  void warm_up(const protocol::Fork& order);
  void reap();

  Channel channel_;
  Descriptor child_signals_;
  std::unordered_map<std::uint64_t, pid_t> pids_;  // by the node's number
  std::unordered_map<pid_t, Child> children_;
  std::unordered_set<std::string> warm_;  // pipelines with options that were warmed up for
};

// Runs a fork server on `socket`, in a session of its own. Returns the exit status of the process.
int run_fork_server(Descriptor socket);

}  // namespace docmill
