// What is said to the functions and what they answer, as bytes: numbers with their lowest byte first, strings behind
// their length in 4 bytes, and numbers of variable length (7 bits a byte, lowest first). The Lua side reads and writes
// the same with struct.pack (library/*.lua).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace docmill::redis {

class Writer {
 public:
  void u8(std::uint64_t value) { bytes_of(value, 1); }
  void u32(std::uint64_t value) { bytes_of(value, 4); }
  void u48(std::uint64_t value) { bytes_of(value, 6); }
  void u64(std::uint64_t value) { bytes_of(value, 8); }
  void varint(std::uint64_t value);
  void raw(std::string_view bytes) { data_.append(bytes); }
  void text(std::string_view bytes);

  std::size_t size() const { return data_.size(); }
  const std::string& data() const { return data_; }
  std::string take() { return std::exchange(data_, {}); }

 private:
  void bytes_of(std::uint64_t value, int count);

  std::string data_;
};

// Reads in the order of writing. Throws SystemError (misconfigured) where the bytes end too early: then the server's
// functions are not what they should be. Views stay good as long as the bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::uint64_t varint();
  std::string_view raw(std::size_t size);
  std::string_view text() { return raw(u32()); }
  std::string_view rest() { return raw(rest_.size()); }

 private:
  std::uint64_t number(std::size_t size);

  std::string_view rest_;
};

}  // namespace docmill::redis
