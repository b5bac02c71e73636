// PdfStructure: the objects of a PDF, as qpdf reads them. Opened on first use, because reading text does not need it.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <string>

#include "documents/mapped_file.hpp"
#include "documents/pdf_content.hpp"

namespace docmill {

class PdfStructure {
 public:
  // `file` must outlive the PdfStructure.
  PdfStructure(const MappedFile& file, std::string password, int page_count);

  // What page `number` (1-based) draws; uncertain where qpdf cannot tell, or counts other pages than Poppler.
  PageContent content(int number, const PageFrame& frame);

 private:
  bool ensure_open();
  void forget_pages();

  const MappedFile& file_;
  const std::string password_;
  const int page_count_;

  std::shared_ptr<QPDF> pdf_;
  bool usable_ = false;
  int pages_read_ = 0;  // by pdf_
};

}  // namespace docmill
