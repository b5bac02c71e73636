// What the commands ask the host. Blocking.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace docmill::cli {

struct Languages {
  std::string directory;
  std::vector<std::string> names;  // sorted
};
// Where Tesseract looks: $TESSDATA_PREFIX, or the directory of Debian's packages.
Languages tesseract_languages();

struct HostMemory {
  std::uint64_t total = 0;  // bytes; 0: unknown
  std::uint64_t available = 0;
};
HostMemory memory_of_host();

struct KernelFeature {
  std::string name;
  std::string state;
};
std::vector<KernelFeature> kernel_features();

}  // namespace docmill::cli
