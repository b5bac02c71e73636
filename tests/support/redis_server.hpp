// RedisServer: a real redis-server of a test's own, on a Unix socket in a temporary directory.
//
// It dies with the object, and with the test, however that ends. All calls block; what does not happen in time throws
// std::runtime_error with the end of the server's log.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace docmill::test {

struct RedisServerOptions {
  std::vector<std::string> config;  // lines of redis.conf: "appendonly yes", "maxmemory 3mb", "requirepass secret"
  bool tcp = false;                 // also listens on port() of 127.0.0.1
  bool tls = false;                 // also listens on tls_port(), with the certificates that `config` names
  bool sentinel = false;            // is a sentinel: implies tcp, and has no Unix socket
  std::string password;             // of the default user, which `config` sets, for command()
};

class RedisServer {
 public:
  explicit RedisServer(RedisServerOptions options = {});
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer();

  // Returns when it answers commands (launch(): when it runs; it may still be loading, or fail).
  void start();
  void launch();
  void stop();     // in order, as SHUTDOWN does: what its settings ask for is saved first
  void kill();     // SIGKILL
  void restart();  // kill(), then start() on the same data
  void suspend();  // SIGSTOP; returns when it has stopped
  void resume();   // SIGCONT

  // One command over a connection of its own: text, number, error ("ERR …"), elements one a line; "(nil)".
  std::string command(std::initializer_list<std::string_view> arguments) const;
  // Repeats it until its answer contains `wanted`.
  void wait_for(std::initializer_list<std::string_view> arguments, std::string_view wanted) const;

  std::string url() const { return "unix://" + socket().string(); }
  std::filesystem::path socket() const { return directory_.path() / "redis.sock"; }
  const std::filesystem::path& directory() const { return directory_.path(); }
  int port() const { return port_; }
  int tls_port() const { return tls_port_; }
  pid_t pid() const { return pid_; }

 private:
  void write_config() const;
  void signal(int number) const;
  void await_end();
  [[noreturn]] void fail(const std::string& what) const;

  const RedisServerOptions options_;
  const TempDir directory_;
  int port_ = 0;
  int tls_port_ = 0;
  pid_t pid_ = -1;
};

// A port of 127.0.0.1 that nobody listens on at this moment.
int free_port();

// Looks again every few milliseconds until `condition` holds; false when it never does within `deadline`.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds deadline = std::chrono::seconds(30));

void pause_between_looks();

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    pause_between_looks();
  }
  return true;
}

}  // namespace docmill::test
