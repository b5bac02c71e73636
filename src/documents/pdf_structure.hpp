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

  // Poppler complained on its way to a page.
  void note_complaint() { has_complaint_ = true; }

  // How many points (1/72 inch) one unit of page `number` is. 1 where qpdf cannot tell.
  double user_unit(int number);

  // Whether Poppler may be handed the content of page `number` (pdf_traps.hpp); yes where qpdf cannot tell: there,
  // limits on time must do.
  Status check_content(int number);

  // The document without its form, if going through that has no end (pdf_traps.hpp), unencrypted; else null.
  std::shared_ptr<Buffer> without_endless_form();

 private:
  bool ensure_open();
  QPDFObjectHandle counted_page(int number);
  QPDFObjectHandle agreed_page(int number);
  void begin_page(int number);

  const MappedFile& file_;
  const std::string password_;
  const int page_count_;

  std::shared_ptr<QPDF> pdf_;
  bool is_open_ = false;  // by pdf_
  bool has_complaint_ = false;
  int page_begun_ = 0;
  QPDFObjectHandle counted_page_;  // page_begun_, once it was asked for
  int pages_begun_ = 0;            // since it was opened
};

}  // namespace docmill
