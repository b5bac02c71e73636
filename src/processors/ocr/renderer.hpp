// Renderer: writes one output format from the page trees, page after page, so that memory does not grow with the
// document. One recognition feeds all of them.
//
//   txt   plain text, pages parted by form feeds          tsv    Tesseract's table of words
//   json  array of page objects with blocks (the node puts it into the record)
//   blocks  the JSON of Amazon Textract
//   hocr  hOCR 1.2          alto  ALTO 4.2                pdf    the original with invisible, selectable text
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "documents/document.hpp"
#include "documents/text_page.hpp"
#include "processors/ocr/pdf_information.hpp"
#include "processors/text_normalization.hpp"

namespace docmill::ocr {

// The document that the pages come from.
struct RenderSource {
  std::string name;
  std::string password;
  std::string languages;  // "eng+deu", as the engine calls them
  DocumentType type = DocumentType::pdf;
  int page_count = 0;
  std::uint64_t max_pixels = 0;  // images with more are not decoded for a pdf; 0: no limit but our libraries'
  int descriptor = -1;           // borrowed, readable and seekable
  TextNormalization text{};      // of txt
  // Of a PDF/A (pdfa.hpp): what it says of itself. None: the PDF is as free as the document.
  std::optional<PdfInformation> pdfa{};
};

class Renderer {
 public:
  virtual ~Renderer() = default;
  // Pages come in ascending order, each at most once; pages that were not asked for are left out (in a pdf they stay as
  // they are).
  virtual Status page(const TextPage& page) = 0;
  // Writes what must come last. Nothing may be called afterwards.
  virtual Status finish() = 0;
};

// `output` is borrowed, empty and writable. output_unavailable: it cannot be written (disk full, …).
Result<std::unique_ptr<Renderer>> open_renderer(std::string_view format, int output, const RenderSource& source);

}  // namespace docmill::ocr
