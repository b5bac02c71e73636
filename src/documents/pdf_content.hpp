// What a page's content draws, as far as it matters for finding embedded scans: which image, where, and what else.
// Reads operators and states, forms included; never decodes an image.
#pragma once

#include <memory>
#include <optional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include "documents/geometry.hpp"

namespace docmill {

// An image as the content places it.
struct PlacedImage {
  std::shared_ptr<const QPDF> document{};  // the stream's, so that it lives as long; null: its owner sees to that
  QPDFObjectHandle stream;
  Matrix to_display;     // from the unit square, whose top edge is the image's first row
  bool black = true;     // the color in which it is painted, if it is a stencil
  bool clipped = false;  // part of it may be hidden
};

struct PageContent {
  std::optional<PlacedImage> image;  // the first
  bool text_before_image = false;    // text that is drawn, or all of it where there is no image
  bool text_after_image = false;
  bool invisible_text = false;      // in render mode 3 or 7
  bool marks_before_image = false;  // lines, fills, shadings, inline images
  bool marks_after_image = false;   // these, and further images
  bool uncertain = false;           // optional content, transparency, damaged or too much: nothing may be concluded
};

// `page` is a page object of a QPDF that outlives the result. Throws nothing.
PageContent read_content(QPDFObjectHandle page, const PageFrame& frame);

}  // namespace docmill
