// Makes PDF pages of an image file: one per image, at its resolution, without loss. JPEG and JPEG 2000 files are
// embedded as they are, so are the compressed pixels of plain PNGs; of the rest black and white becomes CCITT G4,
// everything else is deflated with PNG's predictors.
#pragma once

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string_view>

#include "documents/document.hpp"
#include "documents/text_page.hpp"
#include "processors/pdf_encode.hpp"

namespace docmill::ocr {

class PdfImages {
 public:
  // `pdf` and the bytes of `source` outlive this; the bytes are read again when `pdf` is written.
  PdfImages(QPDF& pdf, const ImageSource& source) : pdf_(pdf), source_(source) {}

  // Appends page `number` (1-based) of the file to the document. `text` tells its size and resolution; without it
  // (null) the file does. An image that cannot be decoded, or is too large, leaves an empty page, so that the others
  // keep their numbers. Throws what qpdf throws.
  QPDFPageObjectHelper add_page(int number, const TextPage* text);

 private:
  QPDFObjectHandle add_image(const EncodedImage& image, int number);

  QPDF& pdf_;
  const ImageSource source_;
  std::size_t kept_bytes_ = 0;  // encoded images that wait in memory to be written
};

}  // namespace docmill::ocr
