#include "processors/preprocessing/pdf_source.hpp"

#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <utility>

namespace docmill::preprocessing {

PdfSource::PdfSource(std::string name, MappedFile file, std::string password)
    : name_(std::move(name)), file_(std::move(file)), password_(std::move(password)) {
  try {
    reopen();
  } catch (const QPDFExc& problem) {
    // One password is given for many documents: those that need none open, too.
    if (problem.getErrorCode() != qpdf_e_password || password_.empty()) throw;
    password_.clear();
    reopen();
  }
}

void PdfSource::close() {
  pages_.clear();
  pdf_.reset();
}

void PdfSource::reopen() {
  close();
  pdf_ = std::make_unique<QPDF>();
  pdf_->setSuppressWarnings(true);
  // Does not copy: the bytes stay where they are as long as file_ lives.
  pdf_->processMemoryFile(name_.c_str(), reinterpret_cast<const char*>(file_.data()), file_.size(), password_.c_str());
  pages_ = QPDFPageDocumentHelper(*pdf_).getAllPages();
}

}  // namespace docmill::preprocessing
