// leptonica's results as Images.
#pragma once

#include <new>

#include "documents/image.hpp"

namespace docmill::ocr {

// Takes ownership of an intermediate image. leptonica returns null only where memory is short: nothing else helps then.
inline Image owned(Pix* pix) {
  if (pix == nullptr) throw std::bad_alloc();
  return Image(pix);
}

}  // namespace docmill::ocr
