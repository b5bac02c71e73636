// The embedded scan of a page: whether the page is one image, and how it lies.
#pragma once

#include <optional>

#include "documents/document.hpp"
#include "documents/pdf_content.hpp"

namespace docmill {

// A page that is one image.
struct EmbeddedScan {
  ScanInfo info;        // as shown
  int orientation = 0;  // how the stored rows lie on the page, as TIFF counts it; 0: neither upright nor a quarter turn
  bool fills_page = false;  // exactly and undistorted, nothing hidden: its pixels are the page's
};

// nullopt: other things are seen on the page, or the image leaves more than a tenth of it open.
std::optional<EmbeddedScan> find_scan(const PageContent& content, const PageFrame& frame);

}  // namespace docmill
