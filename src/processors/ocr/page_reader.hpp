// PageReader: turns a page into a tree of text, by reading its text layer or by recognition.
#pragma once

#include "processors/ocr/engine.hpp"
#include "processors/ocr/options.hpp"
#include "processors/page_work.hpp"
#include "processors/processor.hpp"

namespace docmill::ocr {

class PageReader {
 public:
  // Both must outlive the reader.
  PageReader(const OcrOptions& options, TaskContext& context) : options_(options), context_(context) {}

  // The text of the page. Its pixels are asked for only where they are needed.
  Result<TextPage> read(PageWork& work) const;

 private:
  bool is_replaced(Page& page) const;  // as the text of an earlier recognition, in mode redo
  Result<bool> stands_for_page(const TextPage& text, Page& page) const;
  Result<TextPage> recognise(PageWork& work) const;

  const OcrOptions& options_;
  TaskContext& context_;
};

}  // namespace docmill::ocr
