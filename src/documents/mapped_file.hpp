// MappedFile: the bytes of a file, mapped read-only from a borrowed descriptor. The mapping outlives the descriptor.
// A file that shrinks while it is mapped raises SIGBUS on access: that ends the worker, which is the limit of the harm.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.hpp"

namespace docmill {

class MappedFile {
 public:
  // unreadable: empty, a directory, or not a file that can be mapped.
  static Result<MappedFile> map(int descriptor);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }
  const unsigned char* data() const { return reinterpret_cast<const unsigned char*>(bytes_.data()); }
  std::size_t size() const { return bytes_.size(); }

  // Takes what was read so far out of this process's memory; reading it again brings it back. Small files stay. So
  // whoever calls it now and then keeps his resident set small, however long the file.
  void release() const;

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace docmill
