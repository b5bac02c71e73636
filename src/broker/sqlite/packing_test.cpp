#include "broker/sqlite/packing.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/error.hpp"

namespace docmill::sqlite {
namespace {

TEST(Packing, GivesBackWhatWasPacked) {
  const std::string odd("a\0\xff\n", 4);
  const std::string text(300, 'x');
  Packer packer;
  for (const std::uint64_t number : {0ULL, 127ULL, 128ULL, 1ULL << 32U}) packer.number(number);
  packer.number(std::numeric_limits<std::uint64_t>::max());
  packer.bytes(odd);
  packer.bytes("");
  packer.bytes(text);

  Unpacker unpacker(packer.data());
  for (const std::uint64_t number : {0ULL, 127ULL, 128ULL, 1ULL << 32U}) EXPECT_EQ(unpacker.number(), number);
  EXPECT_EQ(unpacker.number(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(unpacker.bytes(), odd);
  EXPECT_EQ(unpacker.bytes(), "");
  EXPECT_FALSE(unpacker.at_end());
  EXPECT_EQ(unpacker.bytes(), text);
  EXPECT_TRUE(unpacker.at_end());
}

TEST(Packing, ASmallNumberAndTheLengthOfAShortNameTakeOneByte) {
  Packer packer;
  packer.number(127);
  packer.bytes("name");
  EXPECT_EQ(packer.data().size(), 6U);
}

TEST(Packing, DataThatEndsTooEarlyIsReportedAsDamage) {
  EXPECT_THROW(Unpacker("").number(), SystemError);
  EXPECT_THROW(Unpacker("\x80\x80").number(), SystemError);
  EXPECT_THROW(Unpacker("\x05ring").bytes(), SystemError);
}

}  // namespace
}  // namespace docmill::sqlite
