// Recognises the pixels of a page; again in other ways where the result is poor.
#pragma once

#include "processors/ocr/options.hpp"
#include "processors/page_work.hpp"

namespace docmill::ocr {

// The page's text, in the sheets' frame; its number is left to the caller. Blank sheets are not shown to the engine. Of
// several tries the one stands that probably has most right, and the page's status and reason say that there were some.
Result<TextPage> recognise_sheets(const Sheets& sheets, const OcrOptions& options);

}  // namespace docmill::ocr
