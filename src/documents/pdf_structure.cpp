#include "documents/pdf_structure.hpp"

#include <exception>
#include <utility>

namespace docmill {

PdfStructure::PdfStructure(std::string_view bytes, std::string password, int page_count)
    : bytes_(bytes), password_(std::move(password)), page_count_(page_count) {}

PageContent PdfStructure::content(int number, const PageFrame& frame) {
  if (!ensure_open()) {
    PageContent nothing;
    nothing.uncertain = true;
    return nothing;
  }
  return read_content(pdf_->getAllPages().at(static_cast<std::size_t>(number - 1)), frame);
}

// Poppler and qpdf repair damage each in its own way: only where they agree on the pages is qpdf's view of one trusted.
bool PdfStructure::ensure_open() {
  if (pdf_) return usable_;
  pdf_ = std::make_unique<QPDF>();
  pdf_->setSuppressWarnings(true);
  try {
    pdf_->processMemoryFile("document", bytes_.data(), bytes_.size(), password_.c_str());
    usable_ = pdf_->getAllPages().size() == static_cast<std::size_t>(page_count_);
  } catch (const std::exception&) {
    usable_ = false;
  }
  return usable_;
}

}  // namespace docmill
