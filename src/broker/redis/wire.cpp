#include "broker/redis/wire.hpp"

#include "core/error.hpp"

namespace docmill::redis {

void Writer::bytes_of(std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) data_.push_back(static_cast<char>(value >> (8U * static_cast<unsigned>(i))));
}

void Writer::varint(std::uint64_t value) {
  while (value >= 0x80) {
    data_.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
    value >>= 7U;
  }
  data_.push_back(static_cast<char>(value));
}

void Writer::text(std::string_view bytes) {
  u32(bytes.size());
  raw(bytes);
}

std::string_view Reader::raw(std::size_t size) {
  if (size > rest_.size()) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "an answer of docmill's functions on the Redis server ends too early: its data are damaged, or "
                      "the functions are not docmill's");
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint64_t Reader::number(std::size_t size) {
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (const char byte : raw(size)) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << shift;
    shift += 8;
  }
  return value;
}

std::uint64_t Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint64_t byte = number(1);
    value |= (byte & 0x7fU) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

}  // namespace docmill::redis
