#include "processors/ocr/pdfa_check.hpp"

#include <algorithm>
#include <boost/nowide/utf/convert.hpp>
#include <cmath>
#include <memory>
#include <qpdf/QPDFOutlineDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <vector>

#include "documents/document.hpp"
#include "documents/mapped_input.hpp"
#include "documents/pdf_inspection.hpp"
#include "processors/pdf_writing.hpp"

namespace docmill::ocr {
namespace {

// Sizes of pages, in points, within which PDF/A-2 keeps (ISO 19005-2, 6.1.13).
constexpr double smallest_page = 3;
constexpr double largest_page = 14'400;
constexpr double size_tolerance = 0.5;
// So much of the characters of a page must be kept: ligatures, for one, may be said in another way.
constexpr double least_text_kept = 0.98;

// The characters of a page without blanks, sorted: in which order they are written does not matter.
std::u32string letters_of(const TextPage& page) {
  const auto text = plain_text(page);
  auto letters = boost::nowide::utf::convert_string<char32_t>(text.data(), text.data() + text.size());
  std::erase_if(letters, [](char32_t letter) { return letter <= U' ' || letter == U'\u00A0' || letter == U'\u00AD'; });
  std::sort(letters.begin(), letters.end());
  return letters;
}

// More may be there afterwards: what form fields hold is drawn.
double share_kept(const std::u32string& before, const std::u32string& after) {
  if (before.empty()) return 1;
  std::u32string kept;
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(kept));
  return static_cast<double>(kept.size()) / static_cast<double>(before.size());
}

std::string on_page(int number) { return " (page " + std::to_string(number) + ")"; }

// Both pages are read; an error is one of the original, which has no text to lose then.
std::string fault_of_page(Document& original, Document& made, int number) {
  const auto before = original.page(number);
  const auto after = made.page(number);
  if (!before) return {};
  if (!after) return "the page cannot be read any more" + on_page(number);
  const double width = (*after)->width_points();
  const double height = (*after)->height_points();
  if (std::min(width, height) < smallest_page || std::max(width, height) > largest_page) {
    return "the page is larger or smaller than PDF/A allows" + on_page(number);
  }
  if (std::abs(width - (*before)->width_points()) > size_tolerance ||
      std::abs(height - (*before)->height_points()) > size_tolerance) {
    return "the page would have another size" + on_page(number);
  }
  const auto text_before = (*before)->text_layer();
  if (!text_before) return {};
  const auto text_after = (*after)->text_layer();
  if (!text_after || share_kept(letters_of(*text_before), letters_of(*text_after)) < least_text_kept) {
    return "the text would not be the same" + on_page(number);
  }
  return {};
}

Result<std::string> fault_of_pages(int original, int made, const std::string& name) {
  OpenOptions open;
  open.name = name;
  DOCMILL_TRY(before, Document::open(original, open));
  DOCMILL_TRY(after, Document::open(made, open));
  if (before->page_count() != after->page_count()) {
    return "it would have " + std::to_string(after->page_count()) + " pages instead of " +
           std::to_string(before->page_count());
  }
  for (int number = 1; number <= before->page_count(); ++number) {
    auto fault = fault_of_page(*before, *after, number);
    if (!fault.empty()) return fault;
  }
  return std::string();
}

// What leads from one place to another.
struct Ways {
  std::size_t bookmarks = 0;
  std::size_t links = 0;
};

std::size_t count_links(QPDFPageObjectHelper page) { return page.getAnnotations("/Link").size(); }

Result<Ways> ways_in(const MappedFile& file, const std::string& name) {
  Ways ways;
  DOCMILL_CHECK(guard_qpdf(name, "the PDF '" + name + "' cannot be read", [&] {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processInputSource(std::make_shared<MappedInput>(name, file));
    ways.bookmarks = QPDFOutlineDocumentHelper(pdf).getTopLevelOutlines().size();
    for (const auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) ways.links += count_links(page);
  }));
  return ways;
}

std::string fault_of_claim(const PdfFacts& facts) {
  if (facts.claims.pdfa != "2b") return "Ghostscript made a PDF that does not claim to be one";
  const auto contradictions = pdfa_contradictions(facts);
  return contradictions.empty() ? std::string() : contradictions.front();
}

}  // namespace

Result<std::string> find_pdfa_fault(int original, int made, const std::string& name) {
  DOCMILL_TRY(before, MappedFile::map(original));
  DOCMILL_TRY(after, MappedFile::map(made));
  DOCMILL_TRY(facts, inspect_pdf(after.bytes(), ""));
  if (auto fault = fault_of_claim(facts); !fault.empty()) return fault;
  DOCMILL_TRY(ways_before, ways_in(before, name));
  DOCMILL_TRY(ways_after, ways_in(after, name));
  if (ways_after.bookmarks < ways_before.bookmarks) return std::string("bookmarks would be lost");
  if (ways_after.links < ways_before.links) return std::string("links would be lost");
  return fault_of_pages(original, made, name);
}

}  // namespace docmill::ocr
