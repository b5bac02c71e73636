// Which way up a page is, and in which script it is written, as Tesseract's detector sees it.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "documents/image.hpp"

namespace docmill {

struct Orientation {
  int turn = 0;        // degrees clockwise by which the page must be turned to stand upright: 0, 90, 180, 270
  std::string script;  // "Latin", "Cyrillic", …; empty: not sure
};

// nullopt: too little text to tell, or none of which it is sure. `image`: 8-bit gray, its dpi set.
std::optional<Orientation> find_orientation(const Image& image);

// Whether Latin text, which is upright on this page or upside down, is upside down: more of its letters rise above
// their neighbours (b, d, h, …) than hang below (g, p, …), in italics too. False where too few do. `gray`: 8 bits a
// pixel, its dpi set; letters without ascenders about 18 pixels high. Throws std::bad_alloc.
bool is_upside_down(const Image& gray);

// Loads the model, to be shared by forks. internal: the model `osd` is not installed.
Status warm_up_orientation();

}  // namespace docmill
