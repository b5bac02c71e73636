// Judges the text layer of a page.
#pragma once

#include "documents/text_page.hpp"

namespace docmill::ocr {

bool has_words(const TextPage& page);

// Whether the text layer can stand for what is seen on the page: it has words, and they are not the junk of fonts that
// do not say which characters their glyphs are.
bool is_usable(const TextPage& page);

// Whether there are so few words that they may be a stamp on an image of more text.
bool is_sparse(const TextPage& page);

}  // namespace docmill::ocr
