// What the XMP metadata of a PDF claim: conformance to PDF/A and PDF/UA.
#pragma once

#include <string>

#include "documents/pdf_inspection.hpp"

namespace docmill {

// `xmp`: the packet. What is no XML claims nothing.
PdfClaims read_claims(const std::string& xmp);

}  // namespace docmill
