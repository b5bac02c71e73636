// PageReader: turns the pages of a document into trees of text, by reading their text layer or by recognition.
#pragma once

#include <functional>

#include "documents/document.hpp"
#include "processors/ocr/engine.hpp"
#include "processors/ocr/options.hpp"

namespace docmill::ocr {

class PageReader {
 public:
  // Called when the size of the image is known that is about to be recognised.
  using OnImage = std::function<void(double megapixels)>;

  // Both must outlive the reader.
  PageReader(Document& document, const OcrOptions& options) : document_(document), options_(options) {}

  // Never fails as a whole: what befalls the page stands in its status and error. A bad_alloc passes.
  TextPage read(int number, const OnImage& on_image);

 private:
  Result<TextPage> try_read(int number, const OnImage& on_image);
  Result<bool> stands_for_page(const TextPage& text, Page& page) const;
  Result<TextPage> recognise(Page& page, const OnImage& on_image);

  Document& document_;
  const OcrOptions& options_;
};

// One image, as PageReader does it with pages that have no text: fed as `options` say, recognised, and in the pixels of
// `image`. The page's number is left to the caller.
Result<TextPage> recognise_image(const Image& image, const OcrOptions& options);

}  // namespace docmill::ocr
