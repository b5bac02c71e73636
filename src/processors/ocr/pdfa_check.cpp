#include "processors/ocr/pdfa_check.hpp"

#include <algorithm>
#include <boost/nowide/utf/convert.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <qpdf/QPDFOutlineDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <vector>

#include "documents/document.hpp"
#include "documents/mapped_input.hpp"
#include "documents/pdf_inspection.hpp"
#include "documents/text_format.hpp"
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

Result<std::string> fault_of_pages(int original, int made, const std::string& name,
                                   const std::function<void(int)>& on_page) {
  OpenOptions open;
  open.name = name;
  DOCMILL_TRY(before, Document::open(original, open));
  DOCMILL_TRY(after, Document::open(made, open));
  if (before->page_count() != after->page_count()) {
    return "it would have " + std::to_string(after->page_count()) + " pages instead of " +
           std::to_string(before->page_count());
  }
  for (int number = 1; number <= before->page_count(); ++number) {
    on_page(number);
    auto fault = fault_of_page(*before, *after, number);
    if (!fault.empty()) return fault;
  }
  return std::string();
}

// What stands in a PDF beside what its pages show.
struct Furniture {
  std::size_t bookmarks = 0;
  std::map<std::string, std::size_t> annotations;  // by subtype
};

std::size_t count_bookmarks(QPDF& pdf) {
  constexpr std::size_t enough = 100'000;  // a hostile outline may have no end
  auto waiting = QPDFOutlineDocumentHelper(pdf).getTopLevelOutlines();
  std::size_t count = 0;
  while (!waiting.empty() && count < enough) {
    auto bookmark = waiting.back();
    waiting.pop_back();
    ++count;
    for (const auto& child : bookmark.getKids()) waiting.push_back(child);
  }
  return count;
}

Result<Furniture> furniture_of(const MappedFile& file, const std::string& name) {
  Furniture furniture;
  DOCMILL_CHECK(guard_qpdf(name, "the PDF '" + name + "' cannot be read", [&] {
    QPDF pdf;
    pdf.setSuppressWarnings(true);
    pdf.processInputSource(std::make_shared<MappedInput>(name, file));
    furniture.bookmarks = count_bookmarks(pdf);
    for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) {
      for (auto& annotation : page.getAnnotations()) ++furniture.annotations[annotation.getSubtype()];
    }
  }));
  return furniture;
}

// Fields and files are told apart from these; a popup is a part of its comment.
std::vector<std::string> lost_annotations(const Furniture& before, const Furniture& after) {
  std::vector<std::string> names;
  for (const auto& [subtype, count] : before.annotations) {
    if (subtype == "/Widget" || subtype == "/FileAttachment" || subtype == "/Popup" || subtype.empty()) continue;
    const auto kept = after.annotations.find(subtype);
    if (kept != after.annotations.end() && kept->second >= count) continue;
    names.push_back("annotations: " + valid_utf8(subtype.substr(1)));
  }
  return names;
}

std::string fault_of_claim(const PdfFacts& facts) {
  if (facts.claims.pdfa != "2b") return "Ghostscript made a PDF that does not claim to be one";
  const auto contradictions = pdfa_contradictions(facts);
  return contradictions.empty() ? std::string() : contradictions.front();
}

}  // namespace

Result<PdfaComparison> compare_pdfa(int original, int made, const std::string& name,
                                    const std::function<void(int)>& on_page) {
  DOCMILL_TRY(file_before, MappedFile::map(original));
  DOCMILL_TRY(file_after, MappedFile::map(made));
  DOCMILL_TRY(facts, inspect_pdf(file_after.bytes(), ""));
  PdfaComparison comparison;
  comparison.fault = fault_of_claim(facts);
  if (!comparison.fault.empty()) return comparison;
  DOCMILL_TRY(before, furniture_of(file_before, name));
  DOCMILL_TRY(after, furniture_of(file_after, name));
  comparison.left_out = lost_annotations(before, after);
  if (after.bookmarks < before.bookmarks) {
    comparison.fault = "bookmarks would be lost";
  } else if (std::ranges::find(comparison.left_out, "annotations: Link") != comparison.left_out.end()) {
    comparison.fault = "links would be lost";
  } else {
    DOCMILL_TRY(fault, fault_of_pages(original, made, name, on_page));
    comparison.fault = std::move(fault);
  }
  return comparison;
}

}  // namespace docmill::ocr
