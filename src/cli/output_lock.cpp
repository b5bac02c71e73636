#include "cli/output_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "cli/session.hpp"

namespace docmill::cli {
namespace {

// The pid that the holder wrote into the file: for people only, the lock itself is the kernel's.
std::string holder(int file) {
  std::array<char, 32> text{};
  const auto length = ::pread(file, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "" : " (process " + pid + ")";
}

}  // namespace

OutputLock::OutputLock(const std::filesystem::path& state) {
  const auto output = state.parent_path().string();
  std::error_code error;
  std::filesystem::create_directories(state, error);
  if (error) throw Stop(wrong_usage, "cannot write to the output directory " + output + ": " + error.message());
  const auto path = (state / "lock").string();
  file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file_) throw Stop(wrong_usage, "cannot write to the output directory " + output + ": " + std::strerror(errno));
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Stop(wrong_usage, "another docmill run" + holder(file_.get()) + " is at work on " + output +
                                "; wait for it, stop it, or take another -o");
  }
  const auto pid = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(file_.get(), 0) == 0 &&
                       ::pwrite(file_.get(), pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size());
  if (!written) throw Stop(wrong_usage, "cannot write to the output directory " + output + ": " + std::strerror(errno));
}

}  // namespace docmill::cli
