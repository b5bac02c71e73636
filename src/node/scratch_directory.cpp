#include "node/scratch_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"
#include "runtime/random.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "lock";

// Its owner is gone: only a dead process leaves a lock file that is not locked.
void remove_if_abandoned(const fs::path& directory) {
  const Descriptor lock(::open((directory / lock_name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return;
  std::error_code ignored;
  fs::remove_all(directory, ignored);
}

// Locked, and still there: whoever cleans up may have come between its making and its locking.
bool is_ours(const Descriptor& lock, const fs::path& path) {
  struct stat held{};
  struct stat there{};
  return ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(lock.get(), &held) == 0 &&
         ::stat(path.c_str(), &there) == 0 && held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

}  // namespace

ScratchDirectory::ScratchDirectory(const fs::path& parent) {
  const auto refuse = [&](const std::string& reason) {
    throw SystemError(SystemError::Kind::misconfigured, "cannot write in " + parent.string() + ": " + reason);
  };
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) refuse(error.message());
  for (fs::directory_iterator entries(parent, error), end; !error && entries != end; entries.increment(error)) {
    remove_if_abandoned(entries->path());
  }
  while (true) {
    path_ = parent / random_name(12);
    fs::create_directory(path_, error);
    if (error) refuse(error.message());
    lock_ = Descriptor(::open((path_ / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    const int reason = errno;
    if (lock_ && is_ours(lock_, path_ / lock_name)) return;
    if (fs::exists(path_, error)) refuse(std::strerror(reason));
  }
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace docmill
