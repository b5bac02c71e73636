#include "processors/spool.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/descriptor.hpp"

namespace docmill {
namespace {

Descriptor memory_file() { return Descriptor(::memfd_create("spool", MFD_CLOEXEC)); }

std::string taken(Spool& spool, const Spool::Place& place) {
  std::string bytes;
  const auto status = spool.take(place, [&](std::string_view piece) { bytes += piece; });
  EXPECT_TRUE(status) << status.error().message;
  return bytes;
}

TEST(Spool, HandsOutWhatWasPutInAnyOrder) {
  const auto file = memory_file();
  Spool spool(file.get());
  const std::string large(1'000'000, 'x');
  const auto first = spool.put("first").value();
  const auto second = spool.put(large).value();
  const auto third = spool.put("").value();
  EXPECT_EQ(taken(spool, second), large);
  EXPECT_EQ(taken(spool, first), "first");
  EXPECT_EQ(taken(spool, third), "");
}

TEST(Spool, GivesBackTheRoomOfWhatWasTaken) {
  const auto file = memory_file();
  Spool spool(file.get());
  const std::string large(std::size_t{8} << 20U, 'x');
  const auto place = spool.put(large).value();
  static_cast<void>(taken(spool, place));
  struct stat status{};
  ASSERT_EQ(::fstat(file.get(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 64 << 10);
}

TEST(Spool, LeavesNoBlocksBetweenWhatWasTakenInARow) {
  const auto file = memory_file();
  Spool spool(file.get());
  std::vector<Spool::Place> places;
  for (int i = 0; i < 100; ++i) places.push_back(spool.put(std::string(10'000, 'x')).value());
  for (const auto& place : places) static_cast<void>(taken(spool, place));
  struct stat status{};
  ASSERT_EQ(::fstat(file.get(), &status), 0);
  EXPECT_LE(status.st_blocks * 512, 4096);
}

TEST(Spool, SaysWhatIsNotThere) {
  const auto file = memory_file();
  Spool spool(file.get());
  const auto place = spool.put("first").value();
  ASSERT_EQ(::ftruncate(file.get(), 2), 0);
  const auto status = spool.take(place, [](std::string_view) {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::unreadable);
}

TEST(Spool, SaysWhenTheDiskIsFull) {
  const Descriptor full(::open("/dev/full", O_RDWR | O_CLOEXEC));
  Spool spool(full.get());
  const auto place = spool.put("first");
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, ErrorCode::output_unavailable);
}

}  // namespace
}  // namespace docmill
