#include "documents/pdf_structure.hpp"

#include <algorithm>
#include <exception>
#include <qpdf/QPDFWriter.hh>
#include <utility>

#include "documents/mapped_input.hpp"
#include "documents/pdf_pages.hpp"
#include "documents/pdf_traps.hpp"

namespace docmill {
namespace {

constexpr int least_pages_kept = 256;

// Acrobat's limits: what lies beyond is nonsense.
constexpr double least_user_unit = 1;
constexpr double most_user_unit = 75'000;

}  // namespace

PdfStructure::PdfStructure(const MappedFile& file, std::string password, int page_count)
    : file_(file), password_(std::move(password)), page_count_(page_count) {}

PageContent PdfStructure::content(int number, const PageFrame& frame) {
  begin_page(number);
  auto page = agreed_page(number);
  if (!page.isDictionary()) {
    PageContent nothing;
    nothing.uncertain = true;
    return nothing;
  }
  auto content = read_content(page, frame);
  if (content.image) content.image->document = pdf_;
  return content;
}

double PdfStructure::user_unit(int number) {
  begin_page(number);
  if (!ensure_open()) return 1;
  try {
    double unit = 0;
    auto page = counted_page(number);
    const bool is_told = page.isDictionary() && page.getKey("/UserUnit").getValueAsNumber(unit);
    return is_told && unit >= least_user_unit && unit <= most_user_unit ? unit : 1;
  } catch (const std::exception&) {
    return 1;
  }
}

// qpdf would look at all pages before the first, in each part of a split document anew: in long ones that takes longer
// than their text.
Status PdfStructure::check_content(int number) {
  begin_page(number);
  if (!ensure_open()) return {};
  try {
    auto page = counted_page(number);
    return page.isDictionary() ? docmill::check_content(page, number) : Status{};
  } catch (const std::exception&) {
    return {};
  }
}

std::shared_ptr<Buffer> PdfStructure::without_endless_form() {
  constexpr auto key = "/AcroForm";
  if (!ensure_open()) return nullptr;
  try {
    if (!is_endless(pdf_->getRoot().getKey(key))) return nullptr;
    const auto open = std::exchange(pdf_, nullptr);
    open->getRoot().removeKey(key);
    QPDFWriter writer(*open);
    writer.setOutputMemory();
    writer.setPreserveEncryption(false);
    writer.write();
    return writer.getBufferSharedPointer();
  } catch (const std::exception&) {
    return nullptr;
  }
}

// The page that was begun; null where the tree's counts lead to none.
QPDFObjectHandle PdfStructure::counted_page(int number) {
  if (!counted_page_.isInitialized()) counted_page_ = find_page(pdf_->getRoot(), number);
  return counted_page_;
}

// Poppler and qpdf repair damage each in its own way: only where they agree on the pages is qpdf's view of one trusted.
// Poppler goes from page to page. Where it complains of nothing on its way, the tree's own counts lead to the same
// page; where these make no sense, qpdf goes through all pages, too, which takes it longer than the texts of a few.
QPDFObjectHandle PdfStructure::agreed_page(int number) {
  const auto none = QPDFObjectHandle::newNull();
  if (has_complaint_ || !ensure_open()) return none;
  try {
    if (count_pages(pdf_->getRoot()) == page_count_) {
      if (auto page = counted_page(number); page.isDictionary()) return page;
    }
    const auto& pages = pdf_->getAllPages();
    return pages.size() == static_cast<std::size_t>(page_count_) ? pages.at(static_cast<std::size_t>(number - 1))
                                                                 : none;
  } catch (const std::exception&) {
    return none;
  }
}

// qpdf keeps every object that it has read: it is opened anew after many pages, but not so often that finding the
// pages of a long document again would take long.
void PdfStructure::begin_page(int number) {
  if (number == std::exchange(page_begun_, number)) return;
  counted_page_ = QPDFObjectHandle();
  const int most_pages = std::max(least_pages_kept, page_count_ / 16);
  if (pdf_ && is_open_ && pages_begun_ >= most_pages) {
    pdf_.reset();
    pages_begun_ = 0;
  }
  ++pages_begun_;
}

bool PdfStructure::ensure_open() {
  if (pdf_) return is_open_;
  pdf_ = std::make_shared<QPDF>();
  counted_page_ = QPDFObjectHandle();
  pdf_->setSuppressWarnings(true);
  try {
    pdf_->processInputSource(std::make_shared<MappedInput>("document", file_), password_.c_str());
    is_open_ = true;
  } catch (const std::exception&) {
    is_open_ = false;
  }
  return is_open_;
}

}  // namespace docmill
