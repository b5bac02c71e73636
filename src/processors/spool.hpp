// Spool: bytes that must wait before they can be written where they belong: in a file, so that memory does not grow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "core/result.hpp"
#include "processors/returned_room.hpp"

namespace docmill {

class Spool {
 public:
  // Where bytes are kept.
  struct Place {
    std::uint64_t offset = 0;
    std::size_t size = 0;
  };

  // `descriptor` (borrowed): an empty file, to write and to read. -1: nothing may be put.
  explicit Spool(int descriptor) : descriptor_(descriptor), room_(descriptor) {}

  // output_unavailable: the disk is full, … · too_large: over the limit on file sizes
  Result<Place> put(std::string_view bytes);

  // Hands out what stands at `place`, in pieces, and gives its room on the disk back where the file system can: it can
  // be taken once. unreadable: it is not there, or the disk fails.
  Status take(const Place& place, const std::function<void(std::string_view)>& piece);

 private:
  const int descriptor_;
  std::uint64_t size_ = 0;
  ReturnedRoom room_;
};

}  // namespace docmill
