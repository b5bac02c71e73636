// ChildProcess: a program that runs on a socket of ours. One event loop; not thread-safe.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/descriptor.hpp"

namespace docmill {

// Two connected Unix stream sockets, close-on-exec. Throws SystemError: overloaded (no descriptors left).
struct SocketPair {
  Descriptor ours;
  Descriptor theirs;
};
SocketPair make_socket_pair();

class ChildProcess {
 public:
  // Starts `arguments` (the first is the program's path) with `socket` as descriptor 3, standard input and output
  // closed off (/dev/null), and standard error into a pipe of which the last few kilobytes are kept. Throws
  // SystemError: misconfigured (no such program, not executable), overloaded (no process or descriptor left).
  ChildProcess(const boost::asio::any_io_executor& loop, const std::vector<std::string>& arguments, Descriptor socket);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // kills it, if it still runs, and reaps it

  static constexpr int inherited_socket = 3;

  pid_t pid() const { return pid_; }
  void kill();  // SIGKILL, once; harmless afterwards

  // Waits for its end; returns the status as waitpid gives it, or nothing after `timeout`.
  boost::asio::awaitable<std::optional<int>> wait(std::chrono::milliseconds timeout);

  // What it has written to standard error so far, at most the last 4 KiB.
  std::string error_output();

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  // A pidfd: readable when the process has ended. Shared with a time-out that may fire late.
  std::shared_ptr<boost::asio::posix::stream_descriptor> handle_;
  Descriptor errors_;
  std::string error_tail_;
};

// "signal 9 (Killed)" or "exit status 1", from a status of waitpid.
std::string describe_exit(int status);

}  // namespace docmill
