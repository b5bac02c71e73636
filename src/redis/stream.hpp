// Stream: the bytes to and from a server, over TCP, TLS or a Unix socket. One event loop; not thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "core/error.hpp"
#include "redis/url.hpp"

namespace docmill::redis {

class Stream {
 public:
  using Done = std::tuple<boost::system::error_code, std::size_t>;

  virtual ~Stream() = default;

  // One reader and one writer may wait at the same time. The buffers live until their call has ended.
  virtual boost::asio::awaitable<Done> read_some(boost::asio::mutable_buffer buffer) = 0;
  virtual boost::asio::awaitable<Done> write(const std::vector<boost::asio::const_buffer>& buffers) = 0;

  virtual void close() = 0;  // whoever waits gets an error

  // Bytes that the peer's side has taken so far, also those of a write that has not ended.
  std::uint64_t written() const { return written_; }

 protected:
  std::uint64_t written_ = 0;
};

// Why a connection failed, without its address.
struct Failure {
  SystemError::Kind kind = SystemError::Kind::unavailable;
  std::string cause;
};
Failure describe_failure(const boost::system::error_code& error);

// Connects to `where`, which has no meaning for a Unix socket; with TLS, the server has then been verified. `timeout`
// is for each address of the name. Throws SystemError: unavailable (not reached in time, refused), misconfigured (no
// right to the socket, certificate or key unreadable, server not to be trusted); the sentence does not name the server.
boost::asio::awaitable<std::shared_ptr<Stream>> open_stream(boost::asio::any_io_executor loop, Url url, Endpoint where,
                                                            std::chrono::milliseconds timeout);

}  // namespace docmill::redis
