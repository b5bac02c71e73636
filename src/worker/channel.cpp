#include "worker/channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace docmill {
namespace {

using protocol::header_size;

constexpr std::size_t read_size = 64U << 10U;
constexpr std::size_t flush_size = 64U << 10U;
constexpr std::size_t kernel_descriptors = 253;  // SCM_MAX_FD: one control message holds no more

using ControlBuffer = std::array<char, CMSG_SPACE(kernel_descriptors * sizeof(int))>;

[[noreturn]] void throw_errno(const std::string& doing) {
  throw ChannelError(doing + ": " + std::generic_category().message(errno));
}

void append_descriptors(msghdr& message, std::deque<Descriptor>& to) {
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(item) + i * sizeof(int), sizeof(int));
      to.emplace_back(fd);
    }
  }
}

void attach(msghdr& message, ControlBuffer& control, std::span<const int> descriptors) {
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* item = CMSG_FIRSTHDR(&message);
  item->cmsg_level = SOL_SOCKET;
  item->cmsg_type = SCM_RIGHTS;
  item->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(item), descriptors.data(), descriptors.size_bytes());
}

}  // namespace

Channel::Channel(Descriptor socket) : socket_(std::move(socket)) {
  const int flags = ::fcntl(socket_.get(), F_GETFL);
  if (flags < 0 || ::fcntl(socket_.get(), F_SETFL, flags & ~O_NONBLOCK) < 0) throw_errno("this is no usable socket");
}

std::optional<protocol::Header> Channel::buffered_header() const {
  if (input_.size() - consumed_ < header_size) return std::nullopt;
  return protocol::decode_header(input_.data() + consumed_);
}

bool Channel::has_frame() const {
  const auto header = buffered_header();
  return header && input_.size() - consumed_ - header_size >= header->length;
}

std::optional<Frame> Channel::receive() {
  while (true) {
    const auto header = buffered_header();
    if (header) {
      if (const auto sane = protocol::check_header(*header); !sane) throw ChannelError(sane.error().message);
      if (has_frame()) return take(*header);
    }
    flush();
    if (!read_more()) return std::nullopt;
  }
}

Frame Channel::take(const protocol::Header& header) {
  if (descriptors_.size() < header.descriptors) throw ChannelError("a frame came without its descriptors");
  Frame frame;
  frame.type = header.type;
  frame.body.assign(input_, consumed_ + header_size, header.length);
  consumed_ += header_size + header.length;
  for (unsigned i = 0; i < header.descriptors; ++i) {
    frame.descriptors.push_back(std::move(descriptors_.front()));
    descriptors_.pop_front();
  }
  return frame;
}

// Appends what the socket has, waiting for at least a byte. False: the peer is gone.
bool Channel::read_more() {
  input_.erase(0, consumed_);
  consumed_ = 0;
  const std::size_t held = input_.size();
  input_.resize(held + read_size);
  iovec part{input_.data() + held, read_size};
  alignas(cmsghdr) ControlBuffer control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  input_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
  if (received < 0) {
    if (errno == ECONNRESET) return false;
    throw_errno("cannot read from the socket");
  }
  append_descriptors(message, descriptors_);
  if ((message.msg_flags & MSG_CTRUNC) != 0) throw ChannelError("descriptors were lost: too many open files");
  return received > 0;
}

void Channel::queue(protocol::MessageType type, std::string_view body) {
  const protocol::Header header{static_cast<std::uint32_t>(body.size()), type, 0};
  output_ += protocol::encode_header(header);
  output_ += body;
  if (output_.size() >= flush_size) flush();
}

void Channel::flush() {
  if (output_.empty()) return;
  write(output_, {});
  output_.clear();
}

void Channel::send(protocol::MessageType type, std::string_view body, std::span<const int> descriptors) {
  flush();  // descriptors belong to the first byte of their own frame
  const protocol::Header header{static_cast<std::uint32_t>(body.size()), type,
                                static_cast<std::uint8_t>(descriptors.size())};
  std::string frame = protocol::encode_header(header);
  frame += body;
  write(frame, descriptors);
}

void Channel::write(std::string_view bytes, std::span<const int> descriptors) {
  while (!bytes.empty() && !peer_gone_) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};  // sendmsg does not write to it
    alignas(cmsghdr) ControlBuffer control;
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) attach(message, control, descriptors);
    const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EPIPE && errno != ECONNRESET) throw_errno("cannot write to the socket");
      peer_gone_ = true;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
    descriptors = {};  // gone with the first bytes
  }
}

}  // namespace docmill
