// ScratchDirectory: a directory of this process alone, below one that many processes share. Goes away with its owner;
// those of owners that were killed are removed by whoever comes next. The kernel's file lock tells the two apart, also
// across machines where the file system carries locks.
#pragma once

#include <filesystem>

#include "core/descriptor.hpp"

namespace docmill {

class ScratchDirectory {
 public:
  // Makes `parent` if it is missing. SystemError (misconfigured): it cannot be made or written.
  explicit ScratchDirectory(const std::filesystem::path& parent);
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace docmill
