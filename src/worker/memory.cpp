#include "worker/memory.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "core/descriptor.hpp"

namespace docmill {
namespace {

enum StatmField { resident = 1, file_backed = 2, data = 5 };  // of /proc/self/statm, in pages

// Async-signal-safe: no allocation, no stdio.
std::array<std::uint64_t, 7> read_statm() {
  std::array<std::uint64_t, 7> fields{};
  std::array<char, 256> text{};
  const Descriptor file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (!file) return fields;
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  std::size_t field = 0;
  for (ssize_t i = 0; i < size && field < fields.size(); ++i) {
    const char c = text[static_cast<std::size_t>(i)];
    if (c == ' ') {
      ++field;
    } else if (c >= '0' && c <= '9') {
      fields[field] = fields[field] * 10 + static_cast<std::uint64_t>(c - '0');
    }
  }
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (auto& value : fields) value *= page;
  return fields;
}

// Private_Clean and Private_Dirty, in bytes; 0 where the kernel does not tell.
std::uint64_t private_now() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string name;
  std::uint64_t sum = 0;
  std::uint64_t kilobytes = 0;
  std::string rest;
  std::getline(file, rest);  // the range of addresses
  while (file >> name >> kilobytes && std::getline(file, rest)) {
    if (name == "Private_Dirty:" || name == "Private_Clean:") sum += kilobytes << 10U;
  }
  return sum;
}

// Faults tell of copied pages too, which the high-water mark does not move for.
struct Usage {
  std::uint64_t high_water_mark = 0;
  std::uint64_t faults = 0;
};
Usage usage_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {static_cast<std::uint64_t>(usage.ru_maxrss) << 10U, static_cast<std::uint64_t>(usage.ru_minflt)};
}

std::uint64_t less(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

}  // namespace

std::uint64_t data_size() { return read_statm()[data]; }

std::uint64_t inheritable_memory() {
  const auto fields = read_statm();
  return less(fields[resident], fields[file_backed]);
}

PrivateMemory::PrivateMemory() {
  const Descriptor file(::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC));
  // 5 resets the peak resident set size to the current one. Where that is refused, growth shows from the inherited peak
  // on.
  if (file) [[maybe_unused]]
    const ssize_t written = ::write(file.get(), "5", 1);
  const Usage usage = usage_now();
  at_start_ = usage.high_water_mark;
  measured_at_ = usage.faults;
}

std::uint64_t PrivateMemory::peak() {
  constexpr std::uint64_t worth_measuring = 128;  // faults: half a MiB of small pages
  const Usage usage = usage_now();
  if (usage.faults >= measured_at_ + worth_measuring) {
    const std::uint64_t grown_now = less(read_statm()[resident], at_start_);
    copied_ = std::max(copied_, less(private_now(), grown_now));
    measured_at_ = usage.faults;
  }
  return less(usage.high_water_mark, at_start_) + copied_;
}

}  // namespace docmill
