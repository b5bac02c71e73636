// ByteReader: numbers out of untrusted bytes, in either byte order. A read outside the bytes gives nullopt.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace docmill {

class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::endian order) : bytes_(bytes), order_(order) {}

  // `size` bytes (1 … 8) from `offset` as an unsigned number.
  std::optional<std::uint64_t> number(std::uint64_t offset, unsigned size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
      const unsigned at = order_ == std::endian::big ? i : size - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes_[static_cast<std::size_t>(offset) + at]);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  std::endian order_;
};

}  // namespace docmill
