// Reads what Tesseract has recognised, word by word, into blocks, paragraphs, lines and words.
#pragma once

#include "processors/ocr/engine.hpp"

namespace docmill::ocr {

// `words` stands at the beginning of the page.
Recognition read_recognition(tesseract::ResultIterator& words);

}  // namespace docmill::ocr
