// For the tests of the searchable PDF: PDFs made with qpdf, words and pixels read with Poppler, which knows nothing of
// us.
#pragma once

#include <poppler-document.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <memory>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>
#include <string>
#include <utility>
#include <vector>

#include "processors/ocr/render_test_support.hpp"

namespace docmill::ocr {

// A page: its dictionary's own entries and its content.
struct PdfPage {
  std::string entries = "/MediaBox [0 0 600 400]";
  std::string content = "0 0 1 rg 50 60 100 30 re f\n";
};

inline std::string written(QPDFWriter& writer) {
  writer.setOutputMemory();
  writer.setStaticID(true);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

inline void add_pages(QPDF& pdf, const std::vector<PdfPage>& pages) {
  pdf.emptyPDF();
  for (const auto& page : pages) {
    auto object = pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /Page " + page.entries + " >>"));
    object.replaceKey("/Contents", QPDFObjectHandle::newStream(&pdf, page.content));
    QPDFPageDocumentHelper(pdf).addPage(object, false);
  }
}

inline std::string make_pdf(const std::vector<PdfPage>& pages) {
  QPDF pdf;
  add_pages(pdf, pages);
  QPDFWriter writer(pdf);
  return written(writer);
}

inline RenderSource pdf_source(const Descriptor& file, int page_count = 1) {
  RenderSource source;
  source.name = "a.pdf";
  source.page_count = page_count;
  source.descriptor = file.get();
  return source;
}

inline std::string render_over(const std::string& pdf, const std::vector<TextPage>& pages) {
  const auto file = memory_file(pdf);
  return render("pdf", pages, pdf_source(file));
}

inline std::unique_ptr<poppler::document> open_with_poppler(const std::string& pdf) {
  std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
  EXPECT_NE(document, nullptr);
  return document;
}

// The words of page `number` (1-based), with boxes in points of the page as shown, origin top left.
inline std::vector<std::pair<std::string, Box>> words_of(const std::string& pdf, int number = 1) {
  const auto document = open_with_poppler(pdf);
  const std::unique_ptr<poppler::page> page(document->create_page(number - 1));
  std::vector<std::pair<std::string, Box>> words;
  for (const auto& word : page->text_list()) {
    const auto utf8 = word.text().to_utf8();
    const auto box = word.bbox();
    words.emplace_back(std::string(utf8.begin(), utf8.end()),
                       Box{.left = box.left(), .top = box.top(), .right = box.right(), .bottom = box.bottom()});
  }
  return words;
}

inline std::string text_of(const std::string& pdf, int number = 1) {
  const auto document = open_with_poppler(pdf);
  const std::unique_ptr<poppler::page> page(document->create_page(number - 1));
  const auto utf8 = page->text().to_utf8();
  return {utf8.begin(), utf8.end()};
}

inline std::vector<char> pixels_of(const std::string& pdf, int number = 1) {
  const auto document = open_with_poppler(pdf);
  const std::unique_ptr<poppler::page> page(document->create_page(number - 1));
  poppler::page_renderer renderer;
  const auto image = renderer.render_page(page.get(), 72, 72);
  const auto size = static_cast<std::size_t>(image.bytes_per_row()) * static_cast<std::size_t>(image.height());
  return {image.const_data(), image.const_data() + size};
}

// A page with one word at `box`, in points of a page of that size.
inline TextPage page_with_word(const std::string& text, const Box& box, double width, double height) {
  TextPage page;
  page.number = 1;
  page.width = width;
  page.height = height;
  page.blocks = {block_of({line_of({{text, box, 1}})})};
  return page;
}

}  // namespace docmill::ocr
