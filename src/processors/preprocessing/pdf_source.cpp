#include "processors/preprocessing/pdf_source.hpp"

#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <utility>

#include "documents/passwords.hpp"

namespace docmill::preprocessing {

PdfSource::PdfSource(std::string name, MappedFile file, std::string password)
    : name_(std::move(name)), file_(std::move(file)), password_(std::move(password)) {
  // The document was opened with it, but by Poppler, which tries by itself to do without.
  for (const auto& other : other_passwords(password_)) {
    if (opens()) return;
    password_ = other;
  }
  reopen();
}

bool PdfSource::opens() {
  try {
    reopen();
    return true;
  } catch (const QPDFExc& problem) {
    if (problem.getErrorCode() != qpdf_e_password) throw;
    return false;
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
