// Fax-coded (CCITT) pixels as they lie in PDFs, wrapped into the TIFF file that libtiff decodes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace docmill {

struct FaxImage {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int k = 0;              // as in PDF: below 0 Group 4, 0 Group 3, above 0 Group 3 in two dimensions
  bool inverted = false;  // what is coded white is shown black
};

// A TIFF of one page and one strip.
std::string wrap_fax(std::string_view data, const FaxImage& image);

}  // namespace docmill
