#include "cli/host_facts.hpp"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;

constexpr unsigned landlock_version_flag = 1;  // LANDLOCK_CREATE_RULESET_VERSION

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
