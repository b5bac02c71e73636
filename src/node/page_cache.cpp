#include "node/page_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "protocol/protocol.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t block_size = 4096;  // what is taken of the disk comes in these
constexpr std::uint64_t sixteenths = 16;
constexpr std::uint64_t eighths = 8;
constexpr const char* draft_prefix = "new-";
constexpr std::chrono::hours oldest_draft{1};  // those that are older were left by a process that died

std::uint64_t room_of(std::uint64_t bytes) { return (bytes + block_size - 1) / block_size * block_size; }

struct File {
  fs::path path;
  std::uint64_t bytes = 0;
  fs::file_time_type used;
};

// The entries in the directory. Drafts that were left behind are removed.
std::vector<File> entries_in(const std::string& directory) {
  std::vector<File> entries;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error)) {
    std::error_code gone;  // others remove entries, too
    const auto name = file->path().filename().string();
    const auto used = file->last_write_time(gone);
    const auto bytes = gone ? 0 : file->file_size(gone);
    if (gone) continue;
    if (protocol::is_valid_entry_key(name)) {
      entries.push_back({file->path(), room_of(bytes), used});
    } else if (name.starts_with(draft_prefix) && fs::file_time_type::clock::now() - used > oldest_draft) {
      fs::remove(file->path(), gone);
    }
  }
  return entries;
}

}  // namespace

PageCache::Draft::Draft(Draft&& other) noexcept
    : key(std::move(other.key)), path(std::exchange(other.path, {})), file(std::move(other.file)) {}

PageCache::Draft& PageCache::Draft::operator=(Draft&& other) noexcept {
  key = std::move(other.key);
  std::swap(path, other.path);  // what this one had goes with the other
  file = std::move(other.file);
  return *this;
}

PageCache::Draft::~Draft() {
  if (!path.empty()) ::unlink(path.c_str());
}

PageCache::PageCache(std::string directory, std::uint64_t most_bytes)
    : directory_(std::move(directory)), most_bytes_(most_bytes) {}

Descriptor PageCache::find(const std::string& key) {
  Descriptor file(::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return file;
  ::futimens(file.get(), nullptr);
  ++hits_;
  return file;
}

void PageCache::forget(const std::string& key) {
  if (hits_ > 0) --hits_;
  ::unlink(path_of(key).c_str());
}

std::optional<PageCache::Draft> PageCache::draft(const std::string& key) {
  std::string path = directory_ + "/" + draft_prefix + "XXXXXX";
  Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) {
    std::error_code ignored;
    fs::create_directories(directory_, ignored);
    path = directory_ + "/" + draft_prefix + "XXXXXX";
    file = Descriptor(::mkostemp(path.data(), O_CLOEXEC));
  }
  if (!file) return std::nullopt;
  return std::optional<Draft>(std::in_place, key, std::move(path), std::move(file));
}

void PageCache::keep(Draft& draft) {
  struct stat status{};
  if (::fstat(draft.file.get(), &status) != 0 || status.st_size <= 0) return;
  const auto room = room_of(static_cast<std::uint64_t>(status.st_size));
  if (room > most_bytes_ / eighths) return;
  if (::rename(draft.path.c_str(), path_of(draft.key).c_str()) != 0) return;
  draft.path.clear();
  bytes_ += room;
  added_ += room;
  if (!has_looked_ || bytes_ > most_bytes_ || added_ > most_bytes_ / sixteenths) make_room();
}

void PageCache::make_room() {
  auto entries = entries_in(directory_);
  has_looked_ = true;
  added_ = 0;
  bytes_ = 0;
  for (const auto& entry : entries) bytes_ += entry.bytes;
  if (bytes_ <= most_bytes_ - most_bytes_ / eighths) return;
  std::sort(entries.begin(), entries.end(), [](const File& a, const File& b) { return a.used < b.used; });
  for (const auto& entry : entries) {
    if (bytes_ <= most_bytes_ - most_bytes_ / eighths) return;
    std::error_code ignored;
    fs::remove(entry.path, ignored);
    bytes_ -= entry.bytes;
  }
}

}  // namespace docmill
