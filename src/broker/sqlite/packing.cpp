#include "broker/sqlite/packing.hpp"

#include "core/error.hpp"

namespace docmill::sqlite {
namespace {

[[noreturn]] void damaged() {
  throw SystemError(SystemError::Kind::misconfigured,
                    "a record of the database is damaged: put a copy of the database back, or move it away to start "
                    "with an empty one");
}

}  // namespace

void Packer::number(std::uint64_t value) {
  while (value >= 0x80) {
    data_.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
    value >>= 7U;
  }
  data_.push_back(static_cast<char>(value));
}

void Packer::bytes(std::string_view value) {
  number(value.size());
  data_.append(value);
}

std::uint64_t Unpacker::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80) return value;
  }
  damaged();
}

std::string_view Unpacker::bytes() {
  const std::uint64_t size = number();
  if (size > rest_.size()) damaged();
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

}  // namespace docmill::sqlite
