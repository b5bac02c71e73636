// PdfSource: a PDF that is read to be written again, by qpdf. What qpdf throws passes through.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>
#include <vector>

#include "documents/mapped_file.hpp"

namespace docmill::preprocessing {

class PdfSource {
 public:
  PdfSource(std::string name, MappedFile file, std::string password);

  QPDF& pdf() { return *pdf_; }
  const std::vector<QPDFPageObjectHelper>& pages() const { return pages_; }
  std::string_view bytes() const { return file_.bytes(); }
  const std::string& password() const { return password_; }

  // Reads the file anew. qpdf keeps every object that it has read: this lets go of them, and of all handles.
  void reopen();
  // Lets go of them for good; the bytes stay.
  void close();

 private:
  bool opens();  // with password_

  const std::string name_;
  const MappedFile file_;  // read by pdf_
  std::string password_;   // the one that opens it
  std::unique_ptr<QPDF> pdf_;
  std::vector<QPDFPageObjectHelper> pages_;
};

}  // namespace docmill::preprocessing
