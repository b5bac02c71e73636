// Output: the end of everything that is written, a buffer before a descriptor that is borrowed.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace docmill {

class Output {
 public:
  // `descriptor` must stay open as long as this lives. `name` says in messages what is written: "txt output of
  // 'a.pdf'".
  Output(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

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

}  // namespace docmill
