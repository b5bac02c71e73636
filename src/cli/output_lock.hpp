// OutputLock: one `docmill run` at a time works on an output directory. Held until destroyed, or the process ends in
// any way.
#pragma once

#include <filesystem>

#include "core/descriptor.hpp"

namespace docmill::cli {

class OutputLock {
 public:
  // Makes `state` (DIR/.docmill) if it is missing. Stop: another process holds the lock (the sentence names its pid),
  // or the directory cannot be made or written.
  explicit OutputLock(const std::filesystem::path& state);

 private:
  Descriptor file_;
};

}  // namespace docmill::cli
