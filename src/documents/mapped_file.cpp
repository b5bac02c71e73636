#include "documents/mapped_file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace docmill {

Result<MappedFile> MappedFile::map(int descriptor) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) {
    return fail(ErrorCode::unreadable, std::string("The file cannot be examined: ") + std::strerror(errno) + ".");
  }
  if (S_ISDIR(status.st_mode)) return fail(ErrorCode::unreadable, "This is a directory, not a document.");
  if (status.st_size == 0) return fail(ErrorCode::unreadable, "The file is empty (0 bytes).");
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) {
    return fail(ErrorCode::unreadable, std::string("The file cannot be read: ") + std::strerror(errno) + ".");
  }
  return MappedFile(std::string_view(static_cast<const char*>(address), size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

void MappedFile::release() const {
  constexpr std::size_t worth_releasing = 4U << 20U;
  if (bytes_.size() >= worth_releasing) madvise(const_cast<char*>(bytes_.data()), bytes_.size(), MADV_DONTNEED);
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace docmill
