// Black and white by Sauvola's threshold, which follows brightness and contrast of the surroundings.
#pragma once

#include "documents/image.hpp"

namespace docmill {

// `gray`: 8 bits a pixel, its dpi set. Empty where the image is too small for a window. Throws std::bad_alloc.
Image in_black_and_white(const Image& gray);

}  // namespace docmill
