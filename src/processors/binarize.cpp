#include "processors/binarize.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>

#include "processors/pix.hpp"

namespace docmill {

Image in_black_and_white(const Image& gray) {
  constexpr float factor = 0.34F;
  constexpr int least_window = 8;
  constexpr int windows_per_inch = 12;
  constexpr int tile = 1000;  // pixels: whole pages would take 24 bytes a pixel
  const int window = std::max(gray.dpi() / windows_per_inch, least_window);
  Pix* binary = nullptr;
  const int columns = std::max(gray.width() / tile, 1);
  const int rows = std::max(gray.height() / tile, 1);
  if (pixSauvolaBinarizeTiled(gray.pix(), window, factor, columns, rows, nullptr, &binary) != 0) return {};
  auto result = owned(binary);
  pixSetResolution(result.pix(), gray.dpi(), gray.dpi());
  return result;
}

}  // namespace docmill
