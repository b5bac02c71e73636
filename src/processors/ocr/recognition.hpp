// Recognises the pixels of a page; again in other ways where the result is poor.
#pragma once

#include "processors/ocr/options.hpp"
#include "processors/page_work.hpp"
#include "processors/processor.hpp"

namespace docmill::ocr {

// The page's text, in the sheets' frame; its number is left to the caller. Blank sheets are not shown to the engine. Of
// several tries the one stands that probably has most right, and the page's status and reason say that there were some.
// `context` remembers what was read: the same pixels with the same options are shown to the engine once, and the page
// says so (`remembered`).
Result<TextPage> recognise_sheets(const Sheets& sheets, const OcrOptions& options, TaskContext& context);

}  // namespace docmill::ocr
