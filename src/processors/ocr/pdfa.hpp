// PDF/A: Ghostscript makes a PDF/A of the pages as they are, it is compared with the original, and the text is laid on
// its pages as it would be on the original's (render_pdf.cpp). So what is recognised never goes through Ghostscript,
// which has spoilt the text of many a PDF.
#pragma once

#include <string>
#include <vector>

#include "processors/ocr/pdf_information.hpp"
#include "processors/ocr/renderer.hpp"
#include "processors/processor.hpp"

namespace docmill::ocr {

struct PdfaBase {
  int descriptor = -1;  // a PDF/A with the pages of the document and without its text; borrowed from the context
  std::string reason;   // why there is none: no page of the original may be lost or changed for it
  std::vector<std::string> left_out;  // what the original has and PDF/A may not, or Ghostscript does not keep
  PdfInformation information;         // of the original
};

// Of the document that `source` describes. An error is one of the surroundings (no Ghostscript, a full disk): what
// Ghostscript cannot do is a reason.
Result<PdfaBase> make_pdfa_base(const RenderSource& source, TaskContext& context);

}  // namespace docmill::ocr
