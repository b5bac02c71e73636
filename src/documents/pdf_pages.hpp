// The page tree of a PDF, walked without trusting it.
#pragma once

#include <functional>
#include <qpdf/QPDFObjectHandle.hh>

#include "documents/pdf_visit.hpp"

namespace docmill {

// A page with what it inherits: null where neither it nor anything above says.
struct PdfPageEntry {
  QPDFObjectHandle object;
  int number = 0;
  QPDFObjectHandle media_box;
  QPDFObjectHandle crop_box;
  QPDFObjectHandle resources;
  QPDFObjectHandle rotate;
};

// Calls `look` with each page in order, and notes what is wrong with the tree. A page that stands in it twice counts
// twice, and is looked at once.
void each_page(QPDFObjectHandle catalog, PdfVisit& visit, const std::function<void(PdfPageEntry&)>& look);

// How many pages the tree says it has; 0 where it says nothing of the kind.
int count_pages(QPDFObjectHandle catalog);

// Page `number` (1-based), found without looking at the others where the tree says how many pages are below each of its
// nodes; null where it says nothing of the kind, or what cannot be.
QPDFObjectHandle find_page(QPDFObjectHandle catalog, int number);

// Notes boxes, rotations and units that make no sense.
void look_at_boxes(PdfPageEntry& page, PdfVisit& visit);

}  // namespace docmill
