// Light made even: what shadows, folds and yellowing do to paper is divided out.
#pragma once

#include "documents/image.hpp"

namespace docmill {

// `gray` (8 bits a pixel) with paper of one brightness, or an empty image where it is even enough for the engine
// already (shading() below 0.15) or there is no paper. What is too dark to be paper in a shadow stays dark: it is a
// picture. Throws std::bad_alloc.
Image with_even_background(const Image& gray);

// The brightness of the paper everywhere, its resolution divided by `reduction`: what is dark and narrow (11 of these
// pixels) is filled with what is around it. Throws std::bad_alloc.
Image paper_of(const Image& gray, int reduction);

// Divides `gray` by what paper_of() said (taken for at least `darkest`), so that paper becomes `paper`. Throws
// std::bad_alloc.
Image divided(const Image& gray, const Image& background, int darkest, int paper);

}  // namespace docmill
