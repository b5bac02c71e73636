#include "worker/channel.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace docmill {
namespace {

using protocol::MessageType;

struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    left.emplace(Descriptor(ends[0]));
    right.emplace(Descriptor(ends[1]));
  }
  std::optional<Channel> left;
  std::optional<Channel> right;
};

void send_raw(const Channel& channel, std::string_view bytes) {
  ASSERT_EQ(::send(channel.socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}

ino_t inode(int fd) {
  struct stat information{};
  EXPECT_EQ(::fstat(fd, &information), 0);
  return information.st_ino;
}

TEST(Channel, FramesOfAllSizesArriveWholeAndInOrder) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<std::string> bodies;
  for (int i = 0; i < 300; ++i) {
    const std::size_t size = i % 50 == 0 ? random() % 500'000 : random() % 300;
    bodies.emplace_back(size, static_cast<char>('a' + i % 26));
  }
  Pair pair;
  std::thread writer([&] {
    for (const auto& body : bodies) pair.left->queue(MessageType::task, body);
    pair.left->flush();
    pair.left.reset();
  });
  std::size_t received = 0;
  while (auto frame = pair.right->receive()) {
    ASSERT_LT(received, bodies.size());
    EXPECT_EQ(frame->body, bodies[received]);
    ++received;
  }
  writer.join();
  EXPECT_EQ(received, bodies.size());
}

TEST(Channel, DescriptorsBelongToTheirFrameAmongManyWithout) {
  Pair pair;
  std::vector<Descriptor> files;
  for (int i = 0; i < 20; ++i) files.emplace_back(::memfd_create("file", MFD_CLOEXEC));
  for (std::size_t i = 0; i < files.size(); i += 2) {
    pair.left->queue(MessageType::task, "none before");
    const std::array two{files[i].get(), files[i + 1].get()};
    pair.left->send(MessageType::task, "two", two);
    pair.left->queue(MessageType::task, "none after");
  }
  pair.left->flush();
  for (std::size_t i = 0; i < files.size(); i += 2) {
    EXPECT_TRUE(pair.right->receive()->descriptors.empty());
    const auto frame = pair.right->receive();
    ASSERT_EQ(frame->descriptors.size(), 2U);
    EXPECT_EQ(inode(frame->descriptors[0].get()), inode(files[i].get()));
    EXPECT_EQ(inode(frame->descriptors[1].get()), inode(files[i + 1].get()));
    EXPECT_TRUE(pair.right->receive()->descriptors.empty());
  }
}

TEST(Channel, AFullLoadOfDescriptorsPassesAtOnce) {
  Pair pair;
  const std::vector<int> many(protocol::max_descriptors, STDERR_FILENO);
  pair.left->send(MessageType::task, "{}", many);
  EXPECT_EQ(pair.right->receive()->descriptors.size(), protocol::max_descriptors);
}

TEST(Channel, APeerThatIsGoneIsNoErrorForEitherDirection) {
  Pair pair;
  pair.left.reset();
  EXPECT_FALSE(pair.right->receive());
  pair.right->send(MessageType::ready, "{}");
  pair.right->send(MessageType::ready, "{}");
}

TEST(Channel, AFrameThatIsCutOffIsAPeerThatIsGone) {
  Pair pair;
  send_raw(*pair.left, protocol::encode_header({100, MessageType::task, 0}) + "only the beginning");
  pair.left.reset();
  EXPECT_FALSE(pair.right->receive());
}

TEST(Channel, MalformedHeadersAndMissingDescriptorsAreErrors) {
  for (const auto& header :
       {protocol::Header{5, static_cast<MessageType>(99), 0}, protocol::Header{0xFFFF'FFFF, MessageType::task, 0},
        protocol::Header{0, MessageType::task, 1}}) {
    Pair pair;
    send_raw(*pair.left, protocol::encode_header(header));
    EXPECT_THROW(pair.right->receive(), ChannelError);
  }
}

TEST(Channel, WhetherAFrameWaitsIsKnownWithoutAskingTheSocket) {
  Pair pair;
  pair.left->queue(MessageType::task, "1");
  pair.left->queue(MessageType::task, "2");
  pair.left->flush();
  EXPECT_FALSE(pair.right->has_frame());
  EXPECT_EQ(pair.right->receive()->body, "1");
  EXPECT_TRUE(pair.right->has_frame());
  EXPECT_EQ(pair.right->receive()->body, "2");
  EXPECT_FALSE(pair.right->has_frame());
}

}  // namespace
}  // namespace docmill
