#include "runtime/frame_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <deque>

#include "core/error.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

constexpr std::size_t read_size = 64U << 10U;
constexpr std::size_t most_per_write = 256U << 10U;  // bytes gathered into one system call

}  // namespace

class FrameSocket::State : public std::enable_shared_from_this<State> {
 public:
  State(const asio::any_io_executor& loop, Descriptor socket) : socket_(loop) {
    ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
    socket_.assign(socket.release());
  }

  void send(protocol::MessageType type, std::string_view body, std::vector<Descriptor> descriptors);
  asio::awaitable<Received> receive();
  Received receive_now();
  void close();

 private:
  enum class Amount { some, all };
  // Bytes of one or more frames; the descriptors belong to the first byte.
  struct Output {
    std::string bytes;
    std::vector<Descriptor> descriptors;
  };

  void flush();
  bool write_front();
  Received received(Amount amount);
  void read_available(Amount amount);
  void split_frames(Received& result);

  stream_descriptor socket_;
  std::string input_;
  std::size_t consumed_ = 0;  // of input_
  bool closed_ = false;
  std::string broken_;
  std::deque<Output> output_;
  std::size_t written_ = 0;  // of output_.front()
  bool flushing_ = false;    // a flush is scheduled, or waits for the socket
};

void FrameSocket::State::send(protocol::MessageType type, std::string_view body, std::vector<Descriptor> descriptors) {
  DOCMILL_ASSERT(body.size() <= protocol::max_body && descriptors.size() <= protocol::max_descriptors);
  if (closed_) return;
  protocol::Header header;
  header.length = static_cast<std::uint32_t>(body.size());
  header.type = type;
  header.descriptors = static_cast<std::uint8_t>(descriptors.size());
  if (output_.empty() || !descriptors.empty() || output_.back().bytes.size() > most_per_write) output_.emplace_back();
  output_.back().bytes += protocol::encode_header(header);
  output_.back().bytes += body;
  if (!descriptors.empty()) output_.back().descriptors = std::move(descriptors);
  if (flushing_) return;
  flushing_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void FrameSocket::State::flush() {
  while (!closed_ && !output_.empty()) {
    if (write_front()) continue;
    socket_.async_wait(stream_descriptor::wait_write, [self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->flush();
    });
    return;
  }
  flushing_ = false;
}

// False when the socket takes no more for now.
bool FrameSocket::State::write_front() {
  Output& front = output_.front();
  iovec part{front.bytes.data() + written_, front.bytes.size() - written_};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * protocol::max_descriptors)> control;
  if (!front.descriptors.empty()) {
    const std::size_t size = sizeof(int) * front.descriptors.size();
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    for (std::size_t i = 0; i < front.descriptors.size(); ++i) {
      const int fd = front.descriptors[i].get();
      std::memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd, sizeof(int));
    }
  }
  const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno == EINTR) return true;
    if (errno == EAGAIN) return false;
    output_.clear();  // the peer is gone; receive() says so
    written_ = 0;
    return true;
  }
  front.descriptors.clear();
  written_ += static_cast<std::size_t>(sent);
  if (written_ == front.bytes.size()) {
    output_.pop_front();
    written_ = 0;
  }
  return true;
}

asio::awaitable<Received> FrameSocket::State::receive() {
  const auto self = shared_from_this();
  while (true) {
    // One read is enough while frames are small; what is left makes the socket readable again.
    Received now = received(Amount::some);
    if (!now.frames.empty() || now.closed) co_return now;
    const auto waited = co_await socket_.async_wait(stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
    const boost::system::error_code error = std::get<0>(waited);
    if (error && error != asio::error::operation_aborted) closed_ = true;
  }
}

Received FrameSocket::State::receive_now() { return received(Amount::all); }

Received FrameSocket::State::received(Amount amount) {
  Received result;
  read_available(amount);
  split_frames(result);
  result.closed = closed_ || !broken_.empty();
  result.broken = broken_;
  return result;
}

void FrameSocket::State::read_available(Amount amount) {
  if (closed_ || !broken_.empty()) return;
  if (consumed_ > 0) {
    input_.erase(0, consumed_);
    consumed_ = 0;
  }
  while (true) {
    const std::size_t had = input_.size();
    input_.resize(had + read_size);
    const ssize_t got = ::read(socket_.native_handle(), input_.data() + had, read_size);
    const int error = errno;
    input_.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && error == EINTR) continue;
    if (got == 0 || (got < 0 && error != EAGAIN)) closed_ = true;
    if (got <= 0 || amount == Amount::some) return;
  }
}

void FrameSocket::State::split_frames(Received& result) {
  while (broken_.empty() && input_.size() - consumed_ >= protocol::header_size) {
    const protocol::Header header = protocol::decode_header(input_.data() + consumed_);
    if (header.length > protocol::max_body) {
      broken_ = "a message of " + std::to_string(header.length) + " bytes";
    } else if (header.descriptors != 0) {
      broken_ = "a message with descriptors";
    } else if (input_.size() - consumed_ - protocol::header_size < header.length) {
      return;
    } else {
      result.frames.push_back({header.type, input_.substr(consumed_ + protocol::header_size, header.length)});
      consumed_ += protocol::header_size + header.length;
    }
  }
}

void FrameSocket::State::close() {
  closed_ = true;
  output_.clear();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

FrameSocket::FrameSocket(const asio::any_io_executor& loop, Descriptor socket)
    : state_(std::make_shared<State>(loop, std::move(socket))) {}
FrameSocket::~FrameSocket() { state_->close(); }

void FrameSocket::send(protocol::MessageType type, std::string_view body, std::vector<Descriptor> descriptors) {
  state_->send(type, body, std::move(descriptors));
}
asio::awaitable<Received> FrameSocket::receive() { return state_->receive(); }
Received FrameSocket::receive_now() { return state_->receive_now(); }
void FrameSocket::close() { state_->close(); }

}  // namespace docmill
