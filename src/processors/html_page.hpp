// Pieces of HTML pages that need nothing beside them.
#pragma once

#include <string>
#include <string_view>

#include "documents/image.hpp"

namespace docmill {

// Any text as it may stand in HTML, between tags and in quoted attributes. Ill-formed UTF-8 becomes U+FFFD.
std::string html_text(std::string_view text);

// An <img> with its pixels in it, reduced to at most `most_width` pixels; empty: it cannot be encoded.
std::string html_picture(const Image& image, int most_width);

}  // namespace docmill
