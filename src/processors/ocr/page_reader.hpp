// PageReader: turns a page into a tree of text, by reading its text layer or by recognition.
#pragma once

#include "processors/ocr/engine.hpp"
#include "processors/ocr/options.hpp"
#include "processors/page_work.hpp"

namespace docmill::ocr {

class PageReader {
 public:
  // `options` must outlive the reader.
  explicit PageReader(const OcrOptions& options) : options_(options) {}

  // The text of the page. Its pixels are asked for only where they are needed.
  Result<TextPage> read(PageWork& work) const;

 private:
  Result<bool> stands_for_page(const TextPage& text, Page& page) const;
  Result<TextPage> recognise(PageWork& work) const;

  const OcrOptions& options_;
};

}  // namespace docmill::ocr
