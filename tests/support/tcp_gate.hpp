// TcpGate: a proxy on a free port of 127.0.0.1 before a server's Unix socket, which misbehaves as it is told.
//
// It runs in a thread of its own; its calls may be made from any other, and hold when they return.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace docmill::test {

class TcpGate {
 public:
  explicit TcpGate(std::filesystem::path server_socket);
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;
  ~TcpGate();

  int port() const;
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port()); }

  // Once, on whichever connection comes to it first: …
  void cut_after_request_bytes(std::size_t count);  // … the server gets that many bytes, and nobody hears of it again
  void cut_before_reply();                          // … the server has answered, and the client does not hear it

  void delay_replies(std::chrono::milliseconds delay);  // each piece of an answer, from now on
  void refuse();                                        // cuts all connections; new ones are closed at once
  void accept();
  int accepted() const;  // connections so far

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace docmill::test
