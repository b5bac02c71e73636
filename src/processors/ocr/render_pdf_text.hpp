// The invisible text of a page as PDF operators.
#pragma once

#include <string>

#include "documents/text_page.hpp"
#include "processors/ocr/render_pdf_font.hpp"

namespace docmill::ocr {

// Content of a form whose space is the page as shown, in the page's pixels: 0 … width, 0 … height, origin bottom left.
// The font is to be its resource /F. Empty if there are no words.
std::string pdf_text_layer(const TextPage& page, PdfFont& font);

}  // namespace docmill::ocr
