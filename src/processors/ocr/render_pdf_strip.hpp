// Takes an earlier, invisible text layer out of a page before it gets a new one.
#pragma once

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

namespace docmill::ocr {

// Removes the text that is drawn in rendering mode 3 (neither filled nor stroked) from the content of `page` and from
// the forms that it draws; other pages that share them keep theirs. Text objects that also show visible text stay
// whole, lest that text moves. Content that cannot be decoded is left alone. Throws what qpdf throws.
void strip_invisible_text(QPDF& pdf, QPDFPageObjectHelper page);

}  // namespace docmill::ocr
