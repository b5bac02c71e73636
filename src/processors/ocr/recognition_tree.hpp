// Reads what Tesseract has recognised, word by word, into blocks, paragraphs, lines and words.
#pragma once

#include <tesseract/baseapi.h>

#include "processors/ocr/engine.hpp"

namespace docmill::ocr {

// Tesseract's interface, with an iterator that it keeps for those who derive from it.
class TesseractApi final : public tesseract::TessBaseAPI {
 public:
  using TessBaseAPI::GetLTRIterator;
};

// `api` has recognised a page.
Recognition read_recognition(TesseractApi& api);

}  // namespace docmill::ocr
