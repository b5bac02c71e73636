// In what order the shapes of a slide are read.
#pragma once

#include <pugixml.hpp>
#include <vector>

namespace docmill {

// The shapes of `slide` (p:sld) as people read them: the title, then row by row from left to right, dates, footers and
// numbers last. Placeholders take their places from `layout` and `master` (both may be null). Where one has no place,
// or there are over 1,000, the shapes stay as they were put in.
std::vector<pugi::xml_node> shapes_in_order(pugi::xml_node slide, pugi::xml_node layout, pugi::xml_node master);

// What a layout or master shows on each slide that follows it: its shapes that are no placeholders.
std::vector<pugi::xml_node> fixed_shapes(pugi::xml_node model);

}  // namespace docmill
