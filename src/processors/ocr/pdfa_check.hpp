// Whether a PDF/A can stand for the PDF that it was made of.
#pragma once

#include <string>

#include "core/result.hpp"

namespace docmill::ocr {

// What speaks against it, in words that go on "it is no PDF/A: "; empty: nothing. Compared are the pages (number, size,
// text), bookmarks and links; and the PDF/A must claim to be one, and do nothing that contradicts that as far as the
// file itself shows (documents/pdf_inspection.hpp). That is no proof of conformance: veraPDF gives one.
//   unreadable: one of them cannot be read at all
Result<std::string> find_pdfa_fault(int original, int made, const std::string& name);

}  // namespace docmill::ocr
