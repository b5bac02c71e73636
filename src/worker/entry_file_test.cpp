#include "worker/entry_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "processors/test_support.hpp"

namespace docmill {
namespace {

std::string whole_entry(std::string_view content) {
  const auto file = memory_file();
  EXPECT_TRUE(write_entry(file.get(), content));
  return content_of(file);
}

TEST(EntryFile, ComesBackAsItWasWritten) {
  for (const std::string& content : {std::string(), std::string("a\nb\n"), std::string("\0\xff", 2)}) {
    const auto file = memory_file(whole_entry(content));
    EXPECT_EQ(read_entry(file.get()), content);
  }
}

TEST(EntryFile, IsOfNoUseWithAnyByteChangedOrCutOff) {
  const auto whole = whole_entry("{\"page\":1}\n");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_EQ(read_entry(memory_file(altered).get()), std::nullopt) << "byte " << i;
    EXPECT_EQ(read_entry(memory_file(whole.substr(0, i)).get()), std::nullopt) << "cut off at " << i;
  }
  EXPECT_EQ(read_entry(memory_file(whole + "x").get()), std::nullopt);
}

TEST(EntryFile, ThatCannotBeWrittenIsNotWhole) {
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(write_entry(full.get(), "content"));
}

}  // namespace
}  // namespace docmill
