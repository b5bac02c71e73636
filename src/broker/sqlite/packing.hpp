// Many small values in one stored string: numbers of variable length (7 bits a byte, lowest first) and strings
// behind their length. The tables keep names, results and answers so; docs/design/sqlite-store.md has the formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace docmill::sqlite {

class Packer {
 public:
  void number(std::uint64_t value);
  void bytes(std::string_view value);
  const std::string& data() const { return data_; }
  void clear() { data_.clear(); }

 private:
  std::string data_;
};

// Reads what a Packer wrote, in the same order. Throws SystemError (misconfigured) where the data ends too early:
// the file was damaged. Views stay good as long as the data.
class Unpacker {
 public:
  explicit Unpacker(std::string_view data) : rest_(data) {}
  bool at_end() const { return rest_.empty(); }
  std::uint64_t number();
  std::string_view bytes();

 private:
  std::string_view rest_;
};

}  // namespace docmill::sqlite
