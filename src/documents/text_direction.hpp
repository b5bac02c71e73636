// Order of writing: PDFs hold Hebrew, Arabic and their kin as the glyphs stand, from left to right; readers of text
// expect them as they are read.
#pragma once

#include "documents/text_page.hpp"

namespace docmill {

// Brings the words of `line`, and the characters of its words, from the order of places (left to right) into the order
// of reading, and sets right_to_left where most letters are written so. A line without such letters is left as it is.
void to_reading_order(Line& line);

}  // namespace docmill
