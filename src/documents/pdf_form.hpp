// The form of a PDF: what its fields do, and its signatures.
#pragma once

#include <qpdf/QPDFObjectHandle.hh>
#include <string_view>

#include "documents/pdf_visit.hpp"

namespace docmill {

// `form`: the catalog's /AcroForm. `bytes`: the file. After the pages, whose widgets may be fields too.
void look_at_form(QPDFObjectHandle form, std::string_view bytes, PdfVisit& visit);

}  // namespace docmill
