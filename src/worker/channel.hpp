// Channel: frames of the protocol, with descriptors, over a blocking Unix stream socket.
//
// Reads and writes are buffered, so that many small frames cost few system calls: what queue() took leaves with
// flush(), send() or the next receive() that has to wait. Not thread-safe. A broken peer (malformed header, lost
// descriptors) and a failing socket are a ChannelError; that the peer is gone is not: receive() says so, and what is
// sent is dropped.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/descriptor.hpp"
#include "protocol/protocol.hpp"

namespace docmill {

class ChannelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Frame {
  protocol::MessageType type{};
  std::string body;
  std::vector<Descriptor> descriptors;  // close-on-exec
};

class Channel {
 public:
  // Makes the socket blocking, however it came.
  explicit Channel(Descriptor socket);

  // Flushes, waits for the next frame. nullopt: the peer is gone.
  std::optional<Frame> receive();

  // Whether receive() would return a frame without waiting for the socket.
  bool has_frame() const;

  void queue(protocol::MessageType type, std::string_view body);
  void flush();

  // Queues and flushes. The descriptors stay the caller's.
  void send(protocol::MessageType type, std::string_view body, std::span<const int> descriptors = {});

  int socket() const { return socket_.get(); }

 private:
  bool read_more();
  std::optional<protocol::Header> buffered_header() const;
  Frame take(const protocol::Header& header);
  void write(std::string_view bytes, std::span<const int> descriptors);

  Descriptor socket_;
  std::string input_;
  std::size_t consumed_ = 0;  // of input_
  std::deque<Descriptor>
      descriptors_;  // received, of frames not yet taken: a frame's arrive with its first byte or before
  std::string output_;
  bool peer_gone_ = false;
};

}  // namespace docmill
