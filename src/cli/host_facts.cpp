#include "cli/host_facts.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/descriptor.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_output = 4'096;
constexpr unsigned landlock_version_flag = 1;  // LANDLOCK_CREATE_RULESET_VERSION

std::string read_to_end(int file) {
  std::string text;
  std::array<char, 512> buffer{};
  for (;;) {
    const auto length = ::read(file, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return text;
    if (text.size() < most_output) text.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

std::string landlock_state() {
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, landlock_version_flag);
  return version > 0 ? "available, version " + std::to_string(version) : "not available in this kernel";
}

std::string seccomp_state() {
  // Asking for the mode fails with EINVAL where the kernel knows nothing of it.
  return ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0 ? "available" : "not available in this kernel";
}

std::string pressure_state() {
  std::ifstream file("/proc/pressure/memory");
  std::string line;
  return std::getline(file, line) ? "available" : "not available in this kernel";
}

}  // namespace

ProgramAnswer run_program(const std::vector<std::string>& command) {
  ProgramAnswer answer;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return answer;
  Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  write_end.reset();
  if (error != 0) {
    answer.output = std::strerror(error);
    return answer;
  }
  answer.output = read_to_end(read_end.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  return answer;
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

Languages tesseract_languages() {
  Languages found;
  const char* set = std::getenv("TESSDATA_PREFIX");
  found.directory = set != nullptr && *set != '\0' ? set : "/usr/share/tesseract-ocr/5/tessdata";
  std::error_code error;
  for (fs::directory_iterator files(found.directory, error), end; !error && files != end; files.increment(error)) {
    const auto& path = files->path();
    if (path.extension() == ".traineddata" && path.stem() != "osd") found.names.push_back(path.stem().string());
  }
  std::sort(found.names.begin(), found.names.end());
  return found;
}

HostMemory memory_of_host() {
  HostMemory memory;
  std::ifstream file("/proc/meminfo");
  std::string name;
  std::uint64_t kibibytes = 0;
  std::string unit;
  while (file >> name >> kibibytes && std::getline(file, unit)) {
    if (name == "MemTotal:") memory.total = kibibytes << 10U;
    if (name == "MemAvailable:") memory.available = kibibytes << 10U;
  }
  return memory;
}

std::vector<KernelFeature> kernel_features() {
  return {{"Landlock", landlock_state()}, {"seccomp", seccomp_state()}, {"pressure (PSI)", pressure_state()}};
}

}  // namespace docmill::cli
