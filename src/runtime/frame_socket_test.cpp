#include "runtime/frame_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "core/error.hpp"
#include "runtime/child_process.hpp"
#include "tests/support/run_coroutine.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using protocol::MessageType;

std::string frame(MessageType type, std::string_view body, std::uint8_t descriptors = 0) {
  protocol::Header header;
  header.length = static_cast<std::uint32_t>(body.size());
  header.type = type;
  header.descriptors = descriptors;
  return protocol::encode_header(header) + std::string(body);
}

void write_bytes(const Descriptor& to, std::string_view bytes) {
  ASSERT_EQ(::write(to.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

class FrameSocketTest : public testing::Test {
 protected:
  FrameSocketTest() : sockets_(make_socket_pair()), socket_(loop_.get_executor(), std::move(sockets_.ours)) {}

  asio::io_context loop_;
  SocketPair sockets_;
  FrameSocket socket_;
};

TEST_F(FrameSocketTest, PutsFramesTogetherHoweverTheyArrive) {
  const std::string two =
      frame(MessageType::progress, R"({"a":1})") + frame(MessageType::result, std::string(100'000, 'x'));
  write_bytes(sockets_.theirs, two.substr(0, 3));
  write_bytes(sockets_.theirs, two.substr(3, 20));
  const Received first = test::run(loop_, socket_.receive());
  ASSERT_EQ(first.frames.size(), 1U);
  EXPECT_EQ(first.frames[0].body, R"({"a":1})");
  write_bytes(sockets_.theirs, two.substr(23));
  const Received second = test::run(loop_, socket_.receive());
  ASSERT_EQ(second.frames.size(), 1U);
  EXPECT_EQ(second.frames[0].body.size(), 100'000U);
  EXPECT_FALSE(second.closed);
}

TEST_F(FrameSocketTest, SaysThatThePeerIsGoneAfterItsLastFrame) {
  write_bytes(sockets_.theirs, frame(MessageType::result, "{}"));
  sockets_.theirs.reset();
  const Received all = socket_.receive_now();
  EXPECT_EQ(all.frames.size(), 1U);
  EXPECT_TRUE(all.closed);
  EXPECT_EQ(all.broken, "");
}

TEST_F(FrameSocketTest, AFrameOverTheLimitIsABrokenPeer) {
  protocol::Header header;
  header.length = 0xFFFFFFFF;
  header.type = MessageType::result;
  write_bytes(sockets_.theirs, protocol::encode_header(header));
  const Received all = test::run(loop_, socket_.receive());
  EXPECT_TRUE(all.closed);
  EXPECT_NE(all.broken, "");
}

TEST_F(FrameSocketTest, AFrameThatClaimsDescriptorsIsABrokenPeer) {
  write_bytes(sockets_.theirs, frame(MessageType::result, "{}", 1));
  EXPECT_NE(test::run(loop_, socket_.receive()).broken, "");
}

TEST_F(FrameSocketTest, CloseEndsAReceiveThatWaits) {
  asio::post(loop_, [&] { asio::post(loop_, [&] { socket_.close(); }); });
  EXPECT_TRUE(test::run(loop_, socket_.receive()).closed);
}

TEST_F(FrameSocketTest, DescriptorsTravelWithTheFirstByteOfTheirFrame) {
  std::vector<Descriptor> passed;
  passed.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  socket_.send(MessageType::progress, "before");
  socket_.send(MessageType::task, "with", std::move(passed));
  loop_.run_for(10ms);
  std::array<char, 64> bytes;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control;
  iovec part{bytes.data(), protocol::header_size + 6};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ASSERT_EQ(::recvmsg(sockets_.theirs.get(), &message, 0), static_cast<ssize_t>(part.iov_len));
  EXPECT_EQ(message.msg_controllen, 0U);
  part.iov_len = bytes.size();
  message.msg_controllen = control.size();
  ASSERT_EQ(::recvmsg(sockets_.theirs.get(), &message, MSG_CMSG_CLOEXEC),
            static_cast<ssize_t>(protocol::header_size + 4));
  ASSERT_NE(CMSG_FIRSTHDR(&message), nullptr);
  int received = -1;
  std::memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof received);
  const Descriptor owned(received);
  struct stat status{};
  EXPECT_EQ(::fstat(owned.get(), &status), 0);
}

TEST_F(FrameSocketTest, KeepsWhatTheSocketDoesNotTakeYet) {
  constexpr int count = 200;
  const std::string body(20'000, 'y');  // more than a socket's buffer in all
  for (int i = 0; i < count; ++i) socket_.send(MessageType::task, body);
  std::size_t got = 0;
  std::vector<char> buffer(1U << 20U);
  const std::size_t expected = count * (body.size() + protocol::header_size);
  while (got < expected) {
    loop_.restart();
    loop_.run_one_for(1s);
    const ssize_t now = ::recv(sockets_.theirs.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (now > 0) got += static_cast<std::size_t>(now);
  }
  EXPECT_EQ(got, expected);
}

TEST(ChildProcess, TellsHowItEndedAndWhatItSaid) {
  asio::io_context loop;
  ChildProcess child(loop.get_executor(), {"/bin/sh", "-c", "echo alas >&2; exit 3"}, make_socket_pair().theirs);
  const auto status = test::run(loop, child.wait(10s));
  ASSERT_TRUE(status);
  EXPECT_EQ(describe_exit(*status), "exit status 3");
  EXPECT_EQ(child.error_output(), "alas\n");
}

TEST(ChildProcess, InheritsItsSocketAsDescriptorThree) {
  asio::io_context loop;
  SocketPair sockets = make_socket_pair();
  ChildProcess child(loop.get_executor(), {"/bin/sh", "-c", "echo hello >&3"}, std::move(sockets.theirs));
  std::array<char, 16> text{};
  EXPECT_EQ(::read(sockets.ours.get(), text.data(), text.size()), 6);
  EXPECT_TRUE(test::run(loop, child.wait(10s)));
}

TEST(ChildProcess, WaitsNoLongerThanAllowedAndCanBeKilled) {
  asio::io_context loop;
  ChildProcess child(loop.get_executor(), {"/bin/sleep", "1000"}, make_socket_pair().theirs);
  EXPECT_FALSE(test::run(loop, child.wait(1ms)));
  child.kill();
  const auto status = test::run(loop, child.wait(10s));
  ASSERT_TRUE(status);
  EXPECT_EQ(describe_exit(*status), "signal 9 (Killed)");
}

TEST(ChildProcess, AMissingProgramIsAMisconfiguration) {
  asio::io_context loop;
  try {
    ChildProcess child(loop.get_executor(), {"/nowhere/at/all"}, make_socket_pair().theirs);
    FAIL() << "must throw";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.kind(), SystemError::Kind::misconfigured);
  }
}

}  // namespace
}  // namespace docmill
