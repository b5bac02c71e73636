// FrameSocket: frames of the protocol over a Unix stream socket, on the event loop, spoken to a peer that is not
// trusted.
//
// Sends are queued and leave together when the current handler has returned; descriptors travel with the first byte of
// their frame. Descriptors that the peer sends are never received: the kernel drops them. A body over
// protocol::max_body or a frame that claims descriptors is a broken peer. One event loop; one coroutine receives; not
// thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/descriptor.hpp"
#include "protocol/protocol.hpp"

namespace docmill {

struct ReceivedFrame {
  protocol::MessageType type{};
  std::string body;
};

struct Received {
  std::vector<ReceivedFrame> frames;  // all that have arrived whole, in order
  bool closed = false;                // nothing will follow: the peer is gone, close() was called …
  std::string broken;                 // … or the peer broke the protocol: how
};

class FrameSocket {
 public:
  FrameSocket(const boost::asio::any_io_executor& loop, Descriptor socket);
  FrameSocket(const FrameSocket&) = delete;
  FrameSocket& operator=(const FrameSocket&) = delete;
  ~FrameSocket();  // closes; nobody may be receiving any more

  // Never waits and never fails: what a peer that is gone was sent is dropped.
  void send(protocol::MessageType type, std::string_view body, std::vector<Descriptor> descriptors = {});

  // Waits until a frame is there or none will follow.
  boost::asio::awaitable<Received> receive();

  // All that can be received without waiting; for a peer that has ended, all that it ever said.
  Received receive_now();

  // The peer sees the end of the stream, a receive() that waits returns.
  void close();

 private:
  class State;
  std::shared_ptr<State> state_;  // shared with the handlers that wait for the socket
};

}  // namespace docmill
