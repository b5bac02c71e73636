// Feed: makes of a page's pixels what the engine reads best and fastest, and knows the way back to the page.
#pragma once

#include "documents/image.hpp"
#include "processors/way_back.hpp"

namespace docmill::ocr {

struct Fed {
  Image image;      // empty: the page is blank
  double skew = 0;  // degrees clockwise that the page was turned to stand straight
  WayBack way_back;
};

// Gray, smoothed where there is noise, straight, and its text as high as the engine wants it. `page`: 1-bit or 8-bit
// gray. Throws std::bad_alloc.
Fed feed(const Image& page);

// What was fed, turned by `degrees` clockwise, a multiple of 90, and made straight: how it lies askew is not seen of a
// page on its side. The way back leads to the pixels of `fed`. Throws std::bad_alloc.
Fed turned(const Image& fed, int degrees);

}  // namespace docmill::ocr
