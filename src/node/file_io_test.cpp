#include "node/file_io.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace docmill {
namespace {

Descriptor memory_file() { return Descriptor(::memfd_create("test", MFD_CLOEXEC)); }

TEST(MoveAll, CopiesEverythingAndLeavesLittleBehind) {
  std::string content;
  for (int i = 0; content.size() < (std::size_t{5} << 20U); ++i) content += std::to_string(i) + ' ';
  const auto from = memory_file();
  const auto to = memory_file();
  ASSERT_TRUE(write_all(from.get(), content, "from"));
  ASSERT_TRUE(move_all(from.get(), to.get(), "to"));
  std::string moved(content.size() + 1, '\0');
  ASSERT_EQ(::pread(to.get(), moved.data(), moved.size(), 0), static_cast<ssize_t>(content.size()));
  moved.resize(content.size());
  EXPECT_EQ(moved, content);
  struct stat status{};
  ASSERT_EQ(::fstat(from.get(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 2 << 20);
}

}  // namespace
}  // namespace docmill
