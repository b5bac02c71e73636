#include "documents/image.hpp"

#include <leptonica/allheaders.h>

#include <utility>

namespace docmill {

Image::Image(Image&& other) noexcept : pix_(std::exchange(other.pix_, nullptr)) {}

Image& Image::operator=(Image&& other) noexcept {
  std::swap(pix_, other.pix_);
  return *this;
}

Image::~Image() { pixDestroy(&pix_); }

int Image::width() const { return pix_ ? pixGetWidth(pix_) : 0; }
int Image::height() const { return pix_ ? pixGetHeight(pix_) : 0; }
int Image::depth() const { return pix_ ? pixGetDepth(pix_) : 0; }
int Image::dpi() const { return pix_ ? pixGetXRes(pix_) : 0; }

Image Image::clone() const { return Image(pix_ ? pixClone(pix_) : nullptr); }

}  // namespace docmill
