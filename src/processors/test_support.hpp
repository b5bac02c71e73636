// For the tests of stages: files in memory, and a task's surroundings.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "core/descriptor.hpp"
#include "processors/processor.hpp"

namespace docmill {

// A file that exists as long as its descriptor.
inline Descriptor memory_file(std::string_view content = {}) {
  Descriptor file(::memfd_create("docmill_test", MFD_CLOEXEC));
  EXPECT_EQ(::pwrite(file.get(), content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
  return file;
}

inline std::string content_of(const Descriptor& file) {
  std::string content(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(file.get(), content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
  return content;
}

// Keeps artifacts in memory and notes what it was told.
class Surroundings final : public TaskContext {
 public:
  Result<int> artifact(std::string_view name) override {
    return artifacts.emplace(std::string(name), memory_file()).first->second.get();
  }
  Result<int> scratch(std::string_view name) override {
    return scratch_files.emplace(std::string(name), memory_file()).first->second.get();
  }
  void progress(int pages, int finished, int page, double megapixels) override {
    last = std::to_string(finished) + "/" + std::to_string(pages) + " " + std::to_string(page);
    most_megapixels = std::max(most_megapixels, megapixels);
  }
  std::optional<std::string> recall(const std::string& key) override {
    const auto known = remembered.find(key);
    if (known == remembered.end()) return std::nullopt;
    ++recalled;
    return known->second;
  }
  void remember(const std::string& key, std::string_view content) override {
    remembered.insert_or_assign(key, std::string(content));
  }
  std::string text(const std::string& name) { return content_of(artifacts.at(name)); }

  std::map<std::string, Descriptor> artifacts;
  std::map<std::string, Descriptor> scratch_files;
  std::map<std::string, std::string> remembered;
  int recalled = 0;  // times that something was found
  std::string last;
  double most_megapixels = 0;
};

}  // namespace docmill
