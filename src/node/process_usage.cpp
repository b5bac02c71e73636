#include "node/process_usage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/descriptor.hpp"

namespace docmill {
namespace {

std::optional<std::string> read_proc(pid_t pid, const char* file) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + file;
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) return std::nullopt;
  std::array<char, 4096> buffer;
  const ssize_t got = ::read(descriptor.get(), buffer.data(), buffer.size());
  if (got <= 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

// "Private_Dirty:    1234 kB" → bytes; 0 where there is no such line.
std::uint64_t kilobytes_of(std::string_view text, std::string_view name) {
  const auto line = text.find(name);
  unsigned long long value = 0;
  if (line == std::string_view::npos || std::sscanf(text.data() + line + name.size(), "%llu", &value) != 1) return 0;
  return value << 10U;
}

}  // namespace

std::optional<std::uint64_t> private_memory(pid_t pid, std::uint64_t limit) {
  const auto statm = read_proc(pid, "statm");
  unsigned long long resident = 0;
  unsigned long long shared = 0;
  if (!statm || std::sscanf(statm->c_str(), "%*u %llu %llu", &resident, &shared) != 2) return std::nullopt;
  const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t rough = (resident - std::min(shared, resident)) * page_size;
  if (limit == 0 || rough <= limit) return rough;
  const auto exact = read_proc(pid, "smaps_rollup");
  if (!exact) return rough;
  return kilobytes_of(*exact, "Private_Clean:") + kilobytes_of(*exact, "Private_Dirty:");
}

std::optional<ProcessorUse> processor_use(pid_t pid) {
  const auto stat = read_proc(pid, "stat");
  if (!stat) return std::nullopt;
  const auto name_end = stat->rfind(") ");  // the name of a program may hold brackets and blanks
  if (name_end == std::string::npos) return std::nullopt;
  char state = 0;
  long long user = 0;
  long long system = 0;
  constexpr const char* fields = "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld";
  if (std::sscanf(stat->c_str() + name_end + 2, fields, &state, &user, &system) != 3) return std::nullopt;
  const auto ticks = std::chrono::seconds(user + system);
  return ProcessorUse{std::chrono::nanoseconds(ticks) / ::sysconf(_SC_CLK_TCK), state == 'R'};
}

}  // namespace docmill
