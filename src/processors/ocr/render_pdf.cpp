// The searchable PDF: the original pages, or one page per image, with the text laid over them invisibly.
// Exceptions of qpdf end here (`guard_qpdf`).
#include <optional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <vector>

#include "documents/mapped_file.hpp"
#include "documents/mapped_input.hpp"
#include "processors/ocr/pdf_information.hpp"
#include "processors/ocr/render_formats.hpp"
#include "processors/ocr/render_pdf_font.hpp"
#include "processors/ocr/render_pdf_graft.hpp"
#include "processors/ocr/render_pdf_image.hpp"
#include "processors/ocr/render_pdf_strip.hpp"
#include "processors/pdf_writing.hpp"

namespace docmill::ocr {
namespace {

// What begins the sentence when qpdf cannot do it.
std::string trouble_with(const std::string& name) { return "no searchable PDF can be made of '" + name + "'"; }

void remove_annotations(QPDFObjectHandle page, const std::string& subtype) {
  auto annotations = page.getKey("/Annots");
  if (!annotations.isArray()) return;
  for (int i = annotations.getArrayNItems(); i-- > 0;) {
    auto annotation = annotations.getArrayItem(i);
    if (annotation.isDictionary() && annotation.getKey("/Subtype").isNameAndEquals(subtype)) annotations.eraseItem(i);
  }
}

class PdfRenderer final : public Renderer {
 public:
  PdfRenderer(std::unique_ptr<Output> output, const RenderSource& source, MappedFile file)
      : output_(std::move(output)), source_(source), file_(std::move(file)) {
    pdf_.setSuppressWarnings(true);
  }

  Status open() {
    return guard_qpdf(source_.name, trouble_with(source_.name), [&] {
      if (source_.type == DocumentType::pdf) {
        open_pdf();
      } else {
        pdf_.emptyPDF();
        images_.emplace(pdf_, ImageSource{source_.type, file_.bytes(), source_.max_pixels});
      }
    });
  }

  Status page(const TextPage& page) override {
    return guard_qpdf(source_.name, trouble_with(source_.name), [&] {
      if (images_) add_images_up_to(page.number - 1);
      if (images_) pages_.push_back(images_->add_page(page.number, &page));
      turn(page);
      if (is_recognised(page.status)) graft(page);
    });
  }

  Status finish() override {
    DOCMILL_CHECK(guard_qpdf(source_.name, trouble_with(source_.name), [&] {
      if (images_) add_images_up_to(source_.page_count);
      if (font_) font_->finish();
    }));
    DOCMILL_CHECK(guard_qpdf(source_.name, trouble_with(source_.name), [&] { return write(); }));
    return output_->flush();
  }

 private:
  void open_pdf() {
    pdf_.processInputSource(std::make_shared<MappedInput>(source_.name, file_), source_.password.c_str());
    for (auto& page : QPDFPageDocumentHelper(pdf_).getAllPages()) pages_.push_back(page);
  }

  void add_images_up_to(int last) {
    while (static_cast<int>(pages_.size()) < last) {
      pages_.push_back(images_->add_page(static_cast<int>(pages_.size()) + 1, nullptr));
    }
  }

  // The text was laid out on the page as it was turned: the page is shown so, too.
  void turn(const TextPage& text) {
    const auto index = static_cast<std::size_t>(text.number) - 1;
    if (text.preparation.turned != 0 && index < pages_.size()) pages_[index].rotatePage(text.preparation.turned, true);
  }

  void graft(const TextPage& text) {
    const auto index = static_cast<std::size_t>(text.number) - 1;
    if (index >= pages_.size()) {
      throw std::out_of_range("its structure does not lead to page " + std::to_string(text.number));
    }
    if (!font_) font_.emplace(pdf_);
    strip_invisible_text(pdf_, pages_[index]);
    graft_text(pdf_, pages_[index], text, *font_);
  }

  // PDF/A-2 allows only files that are PDF/A themselves.
  void leave_out_files() {
    QPDFEmbeddedFileDocumentHelper files(pdf_);
    for (const auto& [name, file] : files.getEmbeddedFiles()) files.removeEmbeddedFile(name);
    pdf_.getRoot().removeKey("/AF");
    for (auto& page : pages_) remove_annotations(page.getObjectHandle(), "/FileAttachment");
  }

  Status write() {
    WriteStyle style;
    if (source_.pdfa) {
      leave_out_files();
      write_pdfa_information(pdf_, *source_.pdfa);
      style.newline_before_endstream = true;
    }
    style.linearize = source_.type == DocumentType::pdf && pdf_.isLinearized();
    if (images_) style.minimum_version = "1.5";  // for JPEG 2000 and 16 bits a sample
    return write_document(pdf_, style, [&](std::string_view bytes) { return output_->write(bytes); });
  }

  const std::unique_ptr<Output> output_;
  const RenderSource source_;
  const MappedFile file_;  // read by pdf_ and images_
  QPDF pdf_;
  std::optional<PdfImages> images_;  // if the source is an image file
  std::vector<QPDFPageObjectHelper> pages_;
  std::optional<PdfFont> font_;  // once it is needed
};

}  // namespace

Result<std::unique_ptr<Renderer>> make_pdf_renderer(std::unique_ptr<Output> output, const RenderSource& source) {
  DOCMILL_TRY(file, MappedFile::map(source.descriptor));
  auto renderer = std::make_unique<PdfRenderer>(std::move(output), source, std::move(file));
  DOCMILL_CHECK(renderer->open());
  return renderer;
}

}  // namespace docmill::ocr
