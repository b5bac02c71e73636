// PdfStructure: the objects of a PDF, as qpdf reads them. Opened on first use: who only merges parts needs none.
#pragma once

#include <memory>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <string>

#include "core/result.hpp"
#include "documents/mapped_file.hpp"
#include "documents/pdf_content.hpp"

namespace docmill {

class PdfStructure {
 public:
  // `file` must outlive the PdfStructure.
  PdfStructure(const MappedFile& file, std::string password, int page_count);

  // What page `number` (1-based) draws; uncertain where qpdf cannot tell, or counts other pages than Poppler.
  PageContent content(int number, const PageFrame& frame);

  // Whether Poppler may be handed the content of page `number` (pdf_traps.hpp); yes where qpdf cannot tell, and of
  // documents that are so long that asking it takes long: there, limits on time must do.
  Status check_content(int number);

  // The document without its form, if going through that has no end (pdf_traps.hpp), unencrypted; else null, and of
  // long documents always.
  std::shared_ptr<Buffer> without_endless_form();

 private:
  bool ensure_open();
  QPDFObjectHandle page(int number);
  void forget_pages();

  const MappedFile& file_;
  const std::string password_;
  const int page_count_;

  std::shared_ptr<QPDF> pdf_;
  bool usable_ = false;
  int pages_read_ = 0;  // by pdf_
};

}  // namespace docmill
