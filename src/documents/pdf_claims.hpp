// What the XMP metadata of a PDF claim: conformance to PDF/A and PDF/UA.
#pragma once

#include "documents/pdf_inspection.hpp"
#include "documents/xmp.hpp"

namespace docmill {

PdfClaims claims_of(const XmpProperties& properties);

}  // namespace docmill
