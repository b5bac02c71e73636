#include "processors/turn.hpp"

#include <leptonica/allheaders.h>

#include <cmath>
#include <numbers>

#include "processors/pix.hpp"

namespace docmill {

Image turned_with_room(const Image& gray, double degrees, Turn::Steps& steps) {
  steps.radians = degrees * std::numbers::pi / 180;
  const double sine = std::abs(std::sin(steps.radians));
  steps.pad_x = static_cast<int>(std::ceil(gray.height() * sine / 2));
  steps.pad_y = static_cast<int>(std::ceil(gray.width() * sine / 2));
  constexpr l_uint32 white = 255;
  const auto padded = owned(pixAddBorderGeneral(gray.pix(), steps.pad_x, steps.pad_x, steps.pad_y, steps.pad_y, white));
  auto result = owned(pixRotateAMGray(padded.pix(), static_cast<l_float32>(steps.radians), white));
  pixSetResolution(result.pix(), gray.dpi(), gray.dpi());
  return result;
}

Image turned_by_quarters(const Image& image, int degrees) {
  auto result = owned(pixRotateOrth(image.pix(), degrees / 90));
  pixSetResolution(result.pix(), image.dpi(), image.dpi());
  return result;
}

}  // namespace docmill
