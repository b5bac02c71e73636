#include "processors/even_light.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>

#include "processors/page_measure.hpp"
#include "processors/pix.hpp"

namespace docmill {

Image paper_of(const Image& gray, int reduction) {
  constexpr int broadest_stroke = 11;
  constexpr int blur = 3;
  const auto small = reduced_by(gray, reduction);
  const auto closed = owned(pixCloseGray(small.pix(), broadest_stroke, broadest_stroke));
  return owned(pixBlockconvGray(closed.pix(), nullptr, blur, blur));
}

Image divided(const Image& gray, const Image& background, int darkest, int paper) {
  const auto scaled = owned(pixScaleToSize(background.pix(), gray.width(), gray.height()));
  auto result = owned(pixCreateTemplate(gray.pix()));
  for (int y = 0; y < gray.height(); ++y) {
    auto* const from = row_of(gray, y);
    auto* const by = row_of(scaled, y);
    auto* const to = row_of(result, y);
    for (int x = 0; x < gray.width(); ++x) {
      const int value = static_cast<int>(GET_DATA_BYTE(from, x)) * paper / std::max<int>(GET_DATA_BYTE(by, x), darkest);
      SET_DATA_BYTE(to, x, static_cast<l_uint8>(std::min(value, 255)));
    }
  }
  return result;
}

Image with_even_background(const Image& gray) {
  // Measured: dividing costs thin and pale strokes more than the engine gains where the paper varies less.
  constexpr double least_shading = 0.15;
  constexpr int new_paper = 250;
  if (shading(gray) < least_shading) return {};
  constexpr int reduction = 8;  // strokes of up to 7 mm at 300 dpi
  const auto background = paper_of(gray, reduction);
  l_int32 brightest = 0;
  pixGetExtremeValue(background.pix(), 1, L_SELECT_MAX, nullptr, nullptr, nullptr, &brightest);
  // What is darker than a third of the brightest paper is no shadow, but a picture: it must not become white.
  return divided(gray, background, brightest / 3, new_paper);
}

}  // namespace docmill
