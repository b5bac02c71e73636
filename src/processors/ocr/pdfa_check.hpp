// Whether a PDF/A can stand for the PDF that it was made of.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace docmill::ocr {

struct PdfaComparison {
  std::string fault;                  // what speaks against it; empty: nothing
  std::vector<std::string> left_out;  // what is not there any more, and speaks not against it
};

// Compared are the pages (number, size, text), bookmarks and annotations, of which no link may be lost; and the PDF/A
// must claim to be one, and do nothing that contradicts that as far as the file itself shows
// (documents/pdf_inspection.hpp). That is no proof of conformance: veraPDF gives one.
//   unreadable: one of them cannot be read at all
// `on_page` is told of each page (from 1) that is begun.
Result<PdfaComparison> compare_pdfa(int original, int made, const std::string& name,
                                    const std::function<void(int)>& on_page);

}  // namespace docmill::ocr
