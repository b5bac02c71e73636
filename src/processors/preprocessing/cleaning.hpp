// The steps that change how a page looks and leave everything where it is. `gray`: 8 bits a pixel, its dpi set. Each
// returns a new image, or an empty one where there is nothing to do. They throw std::bad_alloc.
#pragma once

#include "documents/image.hpp"

namespace docmill::preprocessing {

// Paper in the place of what is dark along the edges, as the scanner's lid, and light where they are in the shadow, as
// along a spine. Pictures that reach the edge stay.
Image without_borders(const Image& gray);

// Ink black, paper white.
Image with_full_contrast(const Image& gray);

// Without grain and without spots that are too small for a full stop.
Image without_specks(const Image& gray);

}  // namespace docmill::preprocessing
