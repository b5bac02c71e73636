// PdfStructure: the objects of a PDF, as qpdf reads them. Opened on first use, because reading text does not need it.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <string>
#include <string_view>

#include "documents/pdf_content.hpp"

namespace docmill {

class PdfStructure {
 public:
  // `bytes` must outlive the PdfStructure.
  PdfStructure(std::string_view bytes, std::string password, int page_count);

  // What page `number` (1-based) draws; uncertain where qpdf cannot tell, or counts other pages than Poppler.
  PageContent content(int number, const PageFrame& frame);

 private:
  bool ensure_open();

  const std::string_view bytes_;
  const std::string password_;
  const int page_count_;

  std::unique_ptr<QPDF> pdf_;
  bool usable_ = false;
};

}  // namespace docmill
