#include "processors/even_light.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cstddef>

#include "processors/page_measure.hpp"
#include "processors/pix.hpp"

namespace docmill {
namespace {

l_uint32* row_of(const Image& gray, int y) {
  return pixGetData(gray.pix()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(gray.pix());
}

// The brightness of the paper everywhere, at an eighth of the resolution: what is dark and narrow is filled with what
// is around it.
Image background_of(const Image& gray) {
  constexpr int reduction = 8;
  constexpr int broadest_stroke = 11;  // of these pixels: 7 mm at 300 dpi
  constexpr int blur = 3;
  const auto small = owned(pixScaleAreaMap(gray.pix(), 1.0F / reduction, 1.0F / reduction));
  const auto closed = owned(pixCloseGray(small.pix(), broadest_stroke, broadest_stroke));
  return owned(pixBlockconvGray(closed.pix(), nullptr, blur, blur));
}

// Divides `gray` by `background` (of its size, taken for at least `darkest`), so that paper becomes `paper`.
Image divided(const Image& gray, const Image& background, int darkest, int paper) {
  auto result = owned(pixCreateTemplate(gray.pix()));
  for (int y = 0; y < gray.height(); ++y) {
    auto* const from = row_of(gray, y);
    auto* const by = row_of(background, y);
    auto* const to = row_of(result, y);
    for (int x = 0; x < gray.width(); ++x) {
      const int value = static_cast<int>(GET_DATA_BYTE(from, x)) * paper / std::max<int>(GET_DATA_BYTE(by, x), darkest);
      SET_DATA_BYTE(to, x, static_cast<l_uint8>(std::min(value, 255)));
    }
  }
  return result;
}

}  // namespace

Image with_even_background(const Image& gray) {
  // Measured: dividing costs thin and pale strokes more than the engine gains where the paper varies less.
  constexpr double least_shading = 0.15;
  constexpr int new_paper = 250;
  if (shading(gray) < least_shading) return {};
  const auto background = background_of(gray);
  l_int32 brightest = 0;
  pixGetExtremeValue(background.pix(), 1, L_SELECT_MAX, nullptr, nullptr, nullptr, &brightest);
  // What is darker than a third of the brightest paper is no shadow, but a picture: it must not become white.
  return divided(gray, owned(pixScaleToSize(background.pix(), gray.width(), gray.height())), brightest / 3, new_paper);
}

}  // namespace docmill
