// leptonica's results as Images.
#pragma once

#include <leptonica/allheaders.h>

#include <cstddef>
#include <new>

#include "documents/image.hpp"

namespace docmill {

// Takes ownership of an intermediate image. leptonica returns null only where memory is short: nothing else helps then.
inline Image owned(Pix* pix) {
  if (pix == nullptr) throw std::bad_alloc();
  return Image(pix);
}

// `page` in 8-bit gray; not to be written to, because it may be `page` itself.
inline Image gray_of(const Image& page) {
  return page.depth() == 8 ? page.clone() : owned(pixConvertTo8(page.pix(), 0));
}

// A row of the pixels of `gray`, for GET_DATA_BYTE.
inline l_uint32* row_of(const Image& gray, int y) {
  return pixGetData(gray.pix()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(gray.pix());
}

// Each pixel of the result is the mean of `factor` by `factor` of `gray`.
inline Image reduced_by(const Image& gray, int factor) {
  const auto scale = 1.0F / static_cast<float>(factor);
  return owned(pixScaleAreaMap(gray.pix(), scale, scale));
}

// Smooths grain: each pixel of `gray` becomes the mean of itself and its eight neighbours.
inline Image mean_of_neighbours(const Image& gray) { return owned(pixBlockconvGray(gray.pix(), nullptr, 1, 1)); }

// The pixels of `image` within these, as far as it has them. Throws std::bad_alloc, also where it has none.
inline Image clipped(const Image& image, int left, int top, int width, int height) {
  ::Box* box = boxCreate(left, top, width, height);
  Pix* const pix = pixClipRectangle(image.pix(), box, nullptr);
  boxDestroy(&box);
  return owned(pix);
}

}  // namespace docmill
