// The steps that move what is on a page: each leaves the way back. Images have 8 bits a pixel and their dpi set. They
// throw std::bad_alloc.
#pragma once

#include <optional>

#include "processors/page_work.hpp"

namespace docmill::preprocessing {

// Where a double page is to be cut, as the x of the gutter; nullopt: it is none, or there is no telling.
std::optional<int> find_gutter(const Image& gray);

// The columns [left, right) of a sheet.
Sheet cut(const Sheet& sheet, int left, int right);

// Whether they changed the sheet.
bool straighten(Sheet& sheet);  // turned by the skew of its lines, as far as 12 degrees either way
bool flatten(Sheet& sheet);     // lines bent by more than a letter's height made straight, by leptonica's model of them
bool change_resolution(Sheet& sheet, int dpi);

}  // namespace docmill::preprocessing
