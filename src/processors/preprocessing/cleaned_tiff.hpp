// CleanedTiff: cleaned pages as a TIFF of many pages, written from front to back.
#pragma once

#include <cstdint>
#include <string>

#include "processors/output.hpp"
#include "processors/pdf_encode.hpp"

namespace docmill::preprocessing {

class CleanedTiff {
 public:
  // `output` outlives this.
  explicit CleanedTiff(Output& output) : output_(output) {}

  // too_large: a TIFF cannot hold more than 4 GiB.
  Status add(const EncodedImage& image);
  // Writes what must come last, and flushes.
  Status finish();

 private:
  Status write(std::string_view bytes);

  Output& output_;
  std::uint64_t written_ = 0;
  // The directory of the last page: it is written when it is known where the next one will be.
  std::string directory_;
};

}  // namespace docmill::preprocessing
