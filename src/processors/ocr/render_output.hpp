// RenderOutput: the end of every renderer, a buffer before a descriptor that is borrowed.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace docmill::ocr {

class RenderOutput {
 public:
  // `descriptor` must stay open as long as this lives. `name` says in messages what is written: "txt output of
  // 'a.pdf'".
  RenderOutput(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  RenderOutput(const RenderOutput&) = delete;
  RenderOutput& operator=(const RenderOutput&) = delete;

  // Buffers, and writes when there is enough. What is not flushed at the end is lost.
  //   output_unavailable: the disk is full, a quota is reached, the file system fails · too_large: over the limit on
  //   file sizes
  Status write(std::string_view bytes);
  Status flush();

 private:
  Status drain(std::string_view bytes);

  const int descriptor_;
  const std::string name_;
  std::string buffer_;
};

}  // namespace docmill::ocr
