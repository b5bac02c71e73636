// Turns the pixels of a page, with room for its corners.
#pragma once

#include "documents/image.hpp"
#include "processors/way_back.hpp"

namespace docmill {

// Degrees. Pages that are less askew need not be turned: it does not matter to the recogniser.
constexpr double least_skew = 0.1;

// `gray` (8-bit) turned by `degrees` clockwise on white; its dpi stays. What was done is added to `steps`, whose width
// and height the caller has set. Throws std::bad_alloc.
Image turned_with_room(const Image& gray, double degrees, Turn::Steps& steps);

// `image` turned clockwise by `degrees`, a multiple of 90; its dpi stays. The way back: quarter_turns(). Throws
// std::bad_alloc.
Image turned_by_quarters(const Image& image, int degrees);

}  // namespace docmill
