#include "documents/pdf_inspection.hpp"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>

#include <algorithm>
#include <array>
#include <utility>

#include "documents/limited_sink.hpp"
#include "documents/pdf_actions.hpp"
#include "documents/pdf_claims.hpp"
#include "documents/pdf_fonts.hpp"
#include "documents/pdf_form.hpp"
#include "documents/pdf_pages.hpp"
#include "documents/pdf_visit.hpp"
#include "documents/xmp.hpp"

namespace docmill {
namespace {

// What qpdf says besides what is wrong.
constexpr std::array comments{std::string_view("file is damaged"), std::string_view("ttempting to re"),
                              std::string_view("recovered stream length")};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

PdfDamageKind kind_of(const std::string& message) {
  if (has(message, "PDF header")) return PdfDamageKind::header;
  for (const auto* word : {"xref", "cross-reference", "trailer"}) {
    if (has(message, word)) return PdfDamageKind::cross_references;
  }
  for (const auto* word : {"stream", "inflate", "decod"}) {
    if (has(message, word)) return PdfDamageKind::stream;
  }
  return PdfDamageKind::object;
}

std::string message_of(const QPDFExc& warning) {
  auto where = warning.getObject();
  if (warning.getFilePosition() > 0) {
    where += (where.empty() ? "offset " : ", offset ") + std::to_string(warning.getFilePosition());
  }
  return where.empty() ? warning.getMessageDetail() : where + ": " + warning.getMessageDetail();
}

constexpr std::uint64_t most_of_a_font = 64U << 20U;  // expanded; those of Chinese take some MiB

class Inspection {
 public:
  Inspection(std::string_view bytes, const PdfInspectionLimits& limits)
      : bytes_(bytes),
        visit_(limits, facts_),
        fonts_(visit_, [this](QPDFObjectHandle program, int page) { look_at_data(program, page, most_of_a_font); }),
        content_bytes_left_(limits.all_content_bytes) {}

  // What qpdf throws passes through.
  PdfFacts run(const std::string& password) {
    pdf_.setSuppressWarnings(true);
    pdf_.setAttemptRecovery(true);
    pdf_.processMemoryFile("document", bytes_.data(), bytes_.size(), password.c_str());
    look_at_file();
    keep_warnings(0);
    if (pdf_.isEncrypted()) facts_.encryption = encryption(password);
    auto catalog = pdf_.getRoot();
    look_at_catalog_actions(catalog, visit_);
    look_at_metadata(catalog);
    keep_warnings(0);
    each_page(catalog, visit_, [this](PdfPageEntry& page) { look_at_page(page); });
    look_at_form(catalog.getKey("/AcroForm"), bytes_, visit_);
    fonts_.finish();
    keep_warnings(0);
    return std::move(facts_);
  }

 private:
  void look_at_file();
  PdfEncryption encryption(const std::string& password);
  void look_at_metadata(QPDFObjectHandle catalog);
  void look_at_page(PdfPageEntry& page);
  void look_at_data(QPDFObjectHandle stream, int page, std::uint64_t most_bytes);
  void keep_warnings(int page);

  const std::string_view bytes_;
  PdfFacts facts_;
  PdfVisit visit_;
  PdfFonts fonts_;
  std::uint64_t content_bytes_left_;
  QPDF pdf_;
};

void Inspection::look_at_file() {
  constexpr std::size_t searched = 1024;  // where readers look for the two marks
  facts_.version = cut_text(pdf_.getPDFVersion());
  facts_.is_linearized = pdf_.isLinearized();
  const auto begin = bytes_.substr(0, searched).find("%PDF-");
  if (begin == std::string_view::npos) {
    visit_.add_damage(PdfDamageKind::header, "there is no %PDF- at the beginning", 0);
  } else if (begin > 0) {
    visit_.add_damage(PdfDamageKind::header, std::to_string(begin) + " bytes stand before %PDF-", 0);
  }
  const auto end = bytes_.substr(bytes_.size() - std::min(bytes_.size(), searched));
  if (end.find("%%EOF") == std::string_view::npos) {
    visit_.add_damage(PdfDamageKind::truncated, "there is no %%EOF at the end", 0);
  }
}

PdfEncryption Inspection::encryption(const std::string& password) {
  PdfEncryption found;
  int permissions = 0;
  int version = 0;
  QPDF::encryption_method_e streams{};
  QPDF::encryption_method_e strings{};
  QPDF::encryption_method_e files{};
  pdf_.isEncrypted(found.revision, permissions, version, streams, strings, files);
  if (streams == QPDF::e_aesv3) {
    found.method = "AES-256";
  } else if (streams == QPDF::e_aes) {
    found.method = "AES-128";
  } else if (streams == QPDF::e_none && version >= 4) {
    found.method = "identity";
  } else {
    found.method = streams == QPDF::e_unknown ? "unknown" : "RC4";
  }
  found.key_bits = static_cast<int>(pdf_.getEncryptionKey().size() * 8);
  found.as_owner = pdf_.ownerPasswordMatched();
  found.needs_none = password.empty();
  found.may_print = pdf_.allowPrintLowRes();
  found.may_print_well = pdf_.allowPrintHighRes();
  found.may_copy = pdf_.allowExtractAll();
  found.may_extract_for_accessibility = pdf_.allowAccessibility();
  found.may_modify = pdf_.allowModifyOther();
  found.may_annotate = pdf_.allowModifyAnnotation();
  found.may_fill_forms = pdf_.allowModifyForm();
  found.may_assemble = pdf_.allowModifyAssembly();
  return found;
}

void Inspection::look_at_metadata(QPDFObjectHandle catalog) {
  auto metadata = catalog.getKey("/Metadata");
  if (!metadata.isStream()) return;
  const auto packet = read_xmp_packet(metadata);
  if (packet.is_cut) visit_.look_no_further("metadata: over " + std::to_string(most_xmp >> 20) + " MiB");
  facts_.claims = claims_of(XmpProperties(packet.text));
}

void Inspection::look_at_page(PdfPageEntry& page) {
  look_at_boxes(page, visit_);
  look_at_actions(page.object, {.place = PdfPlace::page, .page = page.number}, visit_);
  auto contents = page.object.getKey("/Contents");
  const auto most = visit_.limits().content_bytes;
  look_at_data(contents, page.number, most);
  visit_.each_item(contents, [&](QPDFObjectHandle stream) { look_at_data(stream, page.number, most); });
  fonts_.look_at_resources(page.resources, page.number);
  auto annotations = page.object.getKey("/Annots");
  if (annotations.isArray() && visit_.enter(annotations)) {
    visit_.each_item(annotations, [&](QPDFObjectHandle annotation) {
      look_at_annotation(annotation, page.number, visit_);
      fonts_.look_at_appearance(annotation, page.number);
    });
  }
  keep_warnings(page.number);
}

// Whether it can be decoded at all: what it draws is not looked at.
void Inspection::look_at_data(QPDFObjectHandle stream, int page, std::uint64_t most_bytes) {
  if (!stream.isStream() || !visit_.enter(stream)) return;
  look_for_foreign_data(stream, page, visit_);
  keep_warnings(page);
  LimitedSink sink(std::min(most_bytes, content_bytes_left_), LimitedSink::Content::drop);
  bool is_decoded = false;
  const bool is_whole = stream.pipeStreamData(&sink, &is_decoded, 0, qpdf_dl_specialized);
  content_bytes_left_ -= std::min(content_bytes_left_, sink.size());
  if (sink.is_full()) {
    static_cast<void>(pdf_.getWarnings());  // of having stopped
    visit_.look_no_further("content: long streams were decoded in part only");
  } else if ((!is_whole || !is_decoded) && !pdf_.anyWarnings()) {
    visit_.add_damage(PdfDamageKind::stream, "a stream cannot be decoded", page);
  }
}

// Asked for often, because qpdf would keep them all.
void Inspection::keep_warnings(int page) {
  for (const auto& warning : pdf_.getWarnings()) {
    const auto& detail = warning.getMessageDetail();
    if (has(detail, "reconstruct cross-reference table")) facts_.is_rebuilt = true;
    const bool is_comment =
        std::any_of(comments.begin(), comments.end(), [&](std::string_view comment) { return has(detail, comment); });
    if (!is_comment) visit_.add_damage(kind_of(detail), message_of(warning), page);
  }
}

}  // namespace

std::string_view to_string(PdfDamageKind kind) {
  constexpr std::array names{"header", "truncated", "cross_references", "page_tree", "stream", "object"};
  return names.at(static_cast<std::size_t>(kind));
}

Result<PdfFacts> inspect_pdf(std::string_view bytes, const std::string& password, const PdfInspectionLimits& limits) {
  try {
    Inspection inspection(bytes, limits);
    return inspection.run(password);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const QPDFExc& problem) {
    if (problem.getErrorCode() == qpdf_e_password) {
      return fail(ErrorCode::encrypted, password.empty()
                                            ? "The PDF is encrypted: it opens with a password only."
                                            : "The PDF is encrypted, and the password given does not open it.");
    }
    return fail(ErrorCode::unreadable, "The PDF is damaged beyond repair: " + cut_text(message_of(problem)) + ".");
  } catch (const std::exception& problem) {
    return fail(ErrorCode::unreadable, "The PDF is damaged beyond repair: " + cut_text(problem.what()) + ".");
  }
}

std::vector<std::string> pdfa_contradictions(const PdfFacts& facts) {
  std::vector<std::string> found;
  if (facts.claims.pdfa.empty()) return found;
  const auto contradicts = [&](bool does, const char* what) {
    if (does) found.emplace_back(what);
  };
  contradicts(facts.is_encrypted(), "it is encrypted");
  contradicts(!facts.scripts.empty(), "it has JavaScript");
  contradicts(!facts.launches.empty(), "it starts programs or opens files");
  contradicts(facts.has_xfa_form, "it has a form in XML");
  contradicts(!facts.missing_fonts.empty(), "not all of its fonts are embedded");
  contradicts(!facts.embedded_files.empty() && facts.claims.pdfa.front() == '1', "files are embedded in it");
  contradicts(std::any_of(facts.references.begin(), facts.references.end(),
                          [](const PdfReference& item) { return item.kind == PdfReferenceKind::stream_data; }),
              "data of its own stand in other files");
  return found;
}

}  // namespace docmill
