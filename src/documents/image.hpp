// Image: pixels in memory, a move-only owner of a leptonica Pix (1, 8 or 32 bits a pixel).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/result.hpp"

struct Pix;  // leptonica's; only documents/ and processors/ look inside

namespace docmill {

class Image {
 public:
  Image() = default;
  // Takes ownership of `pix`, which may be null: an empty image.
  explicit Image(Pix* pix) noexcept : pix_(pix) {}
  Image(Image&& other) noexcept;
  Image& operator=(Image&& other) noexcept;
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  ~Image();

  explicit operator bool() const noexcept { return pix_ != nullptr; }
  Pix* pix() const noexcept { return pix_; }  // borrowed
  int width() const;
  int height() const;
  int depth() const;  // bits a pixel
  int dpi() const;    // 0: not known

  Image clone() const;  // shares the pixels (leptonica counts references)

 private:
  Pix* pix_ = nullptr;
};

// What could be decoded of an encoded image.
struct DecodedImage {
  Image image;
  std::string damage;  // why some of its pixels are not what they were, in the decoder's words; empty: all are right
};

}  // namespace docmill
