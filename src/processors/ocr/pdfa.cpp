#include "processors/ocr/pdfa.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <utility>

#include "documents/mapped_input.hpp"
#include "documents/pdf_inspection.hpp"
#include "processors/ocr/ghostscript.hpp"
#include "processors/ocr/pdfa_check.hpp"
#include "processors/output.hpp"
#include "processors/pdf_writing.hpp"

namespace docmill::ocr {
namespace {

// What PDF/A-2 forbids, and what is not kept because it would no longer be true.
std::vector<std::string> left_out_of(const PdfFacts& facts) {
  std::vector<std::string> names;
  const auto add = [&](bool has, const char* name) {
    if (has) names.emplace_back(name);
  };
  add(!facts.scripts.empty(), "JavaScript");
  add(!facts.launches.empty(), "actions that start programs");
  add(!facts.embedded_files.empty(), "embedded files");
  add(facts.has_xfa_form, "the form in XML");
  add(!facts.signatures.empty(), "digital signatures");
  add(facts.is_encrypted(), "the encryption");
  return names;
}

// PDF/A has no annotations that are not printed (ISO 19005-2, 6.3.2), and Ghostscript drops them: links and comments,
// for which that is hardly ever said. What is hidden stays so. Whether there were any.
bool make_annotations_printable(QPDF& pdf) {
  constexpr int hidden = 2 | 32;  // Hidden, NoView: ISO 32000-1, table 165
  constexpr int print = 4;
  bool is_changed = false;
  for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) {
    for (auto& annotation : page.getAnnotations()) {
      const int flags = annotation.getFlags();
      if ((flags & (print | hidden)) != 0 || annotation.getSubtype() == "/Popup") continue;
      annotation.getObjectHandle().replaceKey("/F", QPDFObjectHandle::newInteger(flags | print));
      is_changed = true;
    }
  }
  return is_changed;
}

// Ghostscript 10.00 loses the bookmarks of a PDF without this dictionary. Whether it was missing.
bool ensure_information(QPDF& pdf) {
  auto trailer = pdf.getTrailer();
  if (trailer.getKey("/Info").isDictionary()) return false;
  trailer.replaceKey("/Info", pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Producer (docmill) >>")));
  return true;
}

class PdfaMaker {
 public:
  PdfaMaker(const RenderSource& source, TaskContext& context) : source_(source), context_(context) {}

  Result<PdfaBase> operator()() {
    DOCMILL_TRY(plain, plain_pdf());
    DOCMILL_TRY(made, context_.scratch("pdfa"));
    const auto on_page = [&](int page) { context_.progress(source_.page_count, 0, page, 0); };
    const auto converted = convert_to_pdfa(plain, made, source_.name, on_page);
    if (!converted && converted.error().code != ErrorCode::unreadable) return converted.error();
    base_.reason = converted ? std::string() : converted.error().message;
    if (converted) {
      auto comparison = compare_pdfa(plain, made, source_.name, on_page);
      base_.reason = comparison ? std::move(comparison->fault) : comparison.error().message;
      if (comparison) std::ranges::move(comparison->left_out, std::back_inserter(base_.left_out));
    }
    if (base_.reason.empty()) base_.descriptor = made;
    return std::move(base_);
  }

 private:
  bool is_pdf() const { return source_.type == DocumentType::pdf; }

  // The document as a PDF that Ghostscript takes whole.
  Result<int> plain_pdf() { return is_pdf() ? prepared_pdf() : pdf_of_images(); }

  Result<int> pdf_of_images() {
    DOCMILL_TRY(plain, context_.scratch("plain-pdf"));
    DOCMILL_TRY(renderer, open_renderer("pdf", plain, source_));
    DOCMILL_CHECK(renderer->finish());
    return plain;
  }

  // A copy, where the document cannot stay as it is. An encrypted one is decrypted here: Ghostscript is told no
  // passwords, which others could read in the list of processes.
  Result<int> prepared_pdf() {
    DOCMILL_TRY(file, MappedFile::map(source_.descriptor));
    DOCMILL_TRY(facts, inspect_pdf(file.bytes(), source_.password));
    base_.left_out = left_out_of(facts);
    int plain = source_.descriptor;
    DOCMILL_CHECK(
        guard_qpdf(source_.name, "the PDF '" + source_.name + "' cannot be prepared for PDF/A", [&]() -> Status {
          QPDF pdf;
          pdf.setSuppressWarnings(true);
          pdf.processInputSource(std::make_shared<MappedInput>(source_.name, file), source_.password.c_str());
          base_.information = read_information(pdf);
          // Ghostscript draws what they hold.
          if (!QPDFAcroFormDocumentHelper(pdf).getFormFields().empty()) base_.left_out.emplace_back("form fields");
          if (pdf.getRoot().getKey("/StructTreeRoot").isDictionary()) base_.left_out.emplace_back("tags");
          if (pdf.getRoot().getKey("/OCProperties").isDictionary()) base_.left_out.emplace_back("layers");
          const bool is_prepared = make_annotations_printable(pdf);
          const bool is_changed = ensure_information(pdf) || is_prepared;
          // Ghostscript gives up on damage that qpdf repairs.
          if (!is_changed && !facts.is_encrypted() && facts.damage.empty()) return {};
          DOCMILL_TRY(copy, context_.scratch("plain-pdf"));
          plain = copy;
          return write_to(pdf, copy);
        }));
    return plain;
  }

  Status write_to(QPDF& pdf, int descriptor) const {
    Output output(descriptor, "plain copy of '" + source_.name + "'");
    DOCMILL_CHECK(write_document(pdf, {}, [&](std::string_view bytes) { return output.write(bytes); }));
    return output.flush();
  }

  const RenderSource& source_;
  TaskContext& context_;
  PdfaBase base_;
};

}  // namespace

Result<PdfaBase> make_pdfa_base(const RenderSource& source, TaskContext& context) {
  return PdfaMaker(source, context)();
}

}  // namespace docmill::ocr
