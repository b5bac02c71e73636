#include "node/file_io.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

#include "core/descriptor.hpp"
#include "node/output_tree.hpp"

namespace docmill {
namespace {

constexpr std::size_t copy_size = 256U << 10U;

}  // namespace

std::string read_first_line(int file, std::size_t most) {
  std::string text;
  constexpr std::size_t step = 4096;
  while (text.size() < most) {
    const std::size_t had = text.size();
    text.resize(had + step);
    const ssize_t got = ::pread(file, text.data() + had, step, static_cast<off_t>(had));
    text.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got <= 0 || text.find('\n', had) != std::string::npos) break;
  }
  return text;
}

Status write_all(int file, std::string_view bytes, const std::string& shown) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return output_error("cannot write " + shown, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status copy_all(int from, int to, const std::string& shown) {
  std::vector<char> buffer(copy_size);
  while (true) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return {};
    if (got < 0 && errno != EINTR) return output_error("cannot copy to " + shown, errno);
    if (got > 0) DOCMILL_CHECK(write_all(to, {buffer.data(), static_cast<std::size_t>(got)}, shown));
  }
}

Status move_all(int from, int to, const std::string& shown) {
  constexpr off_t least_given_back = 1 << 20;
  off_t done = 0;
  off_t given_back = 0;
  std::vector<char> buffer(copy_size);
  while (true) {
    const ssize_t got = ::pread(from, buffer.data(), buffer.size(), done);
    if (got == 0) return {};
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return output_error("cannot copy to " + shown, errno);
    DOCMILL_CHECK(write_all(to, {buffer.data(), static_cast<std::size_t>(got)}, shown));
    done += got;
    if (done - given_back < least_given_back) continue;
    // A file system that cannot do it takes the room for both.
    ::fallocate(from, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, given_back, done - given_back);
    given_back = done;
  }
}

Status write_file(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) return output_error("cannot create " + path, errno);
  return write_all(file.get(), bytes, path);
}

Result<Descriptor> unnamed_file(const std::string& directory) {
  Descriptor file(::open(directory.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  if (file) return file;
  std::string path = directory + "/docmill-XXXXXX";  // a file system without O_TMPFILE
  file = Descriptor(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) return output_error("cannot create a file in " + directory, errno);
  ::unlink(path.c_str());
  return file;
}

Descriptor open_to_consume(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const bool is_not_ours = !file && (errno == EACCES || errno == EROFS);
  if (is_not_ours) file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file;
}

Result<Descriptor> read_only(const Descriptor& file) {
  Descriptor other(::open(("/proc/self/fd/" + std::to_string(file.get())).c_str(), O_RDONLY | O_CLOEXEC));
  if (!other) return output_error("cannot open a temporary file again", errno);
  return other;
}

Status sync_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fdatasync(file.get()) != 0) return output_error("cannot write " + path, errno);
  return {};
}

}  // namespace docmill
