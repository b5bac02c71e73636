#include "processors/ocr/feed.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <numbers>

namespace docmill::ocr {
namespace {

// An owner of each intermediate image. leptonica returns null where memory is short: then nothing else helps.
Image owned(Pix* pix) {
  if (pix == nullptr) throw std::bad_alloc();
  return Image(pix);
}

Image to_gray(const Image& page) { return owned(pixConvertTo8(page.pix(), 0)); }

}  // namespace

Fed feed(const Image& page) { return {to_gray(page), 0, {}}; }
bool is_blank(const Image&) { return false; }

}  // namespace docmill::ocr
