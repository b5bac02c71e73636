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

}  // namespace docmill::ocr
