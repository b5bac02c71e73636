// Judges the text layer of a page.
#pragma once

#include "documents/image.hpp"
#include "documents/text_page.hpp"

namespace docmill::ocr {

// Whether there are so few words that they may be a stamp or a caption on a picture of more text.
bool is_sparse(const TextPage& page);

// Whether much is to be seen where the words are not. `drawn`: the page, gray, at the resolution of `page`.
bool shows_more_than(const TextPage& page, const Image& drawn);

}  // namespace docmill::ocr
