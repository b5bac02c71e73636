#include "processors/returned_room.hpp"

#include <fcntl.h>

#include <algorithm>

namespace docmill {
namespace {

constexpr std::uint64_t most_block_size = 64U << 10U;  // of file systems

}  // namespace

void ReturnedRoom::give_back(std::uint64_t begin, std::uint64_t end) {
  if (begin != end_) begin_ = begin;
  end_ = end;
  const auto from = std::max(begin_, begin - std::min(begin, most_block_size));
  static_cast<void>(::fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                                static_cast<off_t>(end_ - from)));
}

}  // namespace docmill
