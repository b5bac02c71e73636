// Puts the invisible text of a page into a page of a PDF, whose own content stays as it is.
#pragma once

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "documents/text_page.hpp"
#include "processors/ocr/render_pdf_font.hpp"

namespace docmill::ocr {

// Draws the words of `text` on `page`, before its own content, as one form. Rotation, crop box and user unit of the
// page are heeded: `text` is laid over the page as it is shown. Nothing happens if there are no words. Throws what qpdf
// throws.
void graft_text(QPDF& pdf, QPDFPageObjectHelper page, const TextPage& text, PdfFont& font);

}  // namespace docmill::ocr
