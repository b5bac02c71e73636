#include "worker/entry_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/sha256.hpp"
#include "processors/output.hpp"

namespace docmill {
namespace {

constexpr off_t most_bytes = 256 << 20;  // no page has so much text

std::string head_of(std::string_view content) {
  Sha256 digest;
  digest.add(content);
  return "docmill entry 1 " + digest.hexadecimal() + "\n";
}

std::optional<std::string> read_all(int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > most_bytes) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t had = 0;
  while (had < bytes.size()) {
    const ssize_t got = ::pread(descriptor, bytes.data() + had, bytes.size() - had, static_cast<off_t>(had));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    had += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

bool write_entry(int descriptor, std::string_view content) {
  Output output(descriptor, "entry of the page cache");
  return output.write(head_of(content)) && output.write(content) && output.flush();
}

std::optional<std::string> read_entry(int descriptor) {
  auto bytes = read_all(descriptor);
  if (!bytes) return std::nullopt;
  const auto head = bytes->substr(0, bytes->find('\n') + 1);
  bytes->erase(0, head.size());
  if (head != head_of(*bytes)) return std::nullopt;
  return bytes;
}

}  // namespace docmill
