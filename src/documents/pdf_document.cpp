#include "documents/pdf_document.hpp"

#include <iconv.h>
#include <poppler-document.h>
#include <poppler-page.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/descriptor.hpp"
#include "documents/limits.hpp"
#include "documents/pdf_page.hpp"
#include "documents/poppler_messages.hpp"

namespace docmill {
namespace {

class PdfDocument final : public Document {
 public:
  PdfDocument(MappedFile file, std::unique_ptr<poppler::document> document, const OpenOptions& options)
      : file_(std::move(file)),
        max_pixels_(options.max_pixels),
        document_(std::move(document)),
        page_count_(document_->pages()),
        structure_(file_, options.password, page_count_) {}

  DocumentType type() const override { return DocumentType::pdf; }
  int page_count() const override { return page_count_; }

  Result<std::unique_ptr<Page>> page(int number) override {
    if (number < 1 || number > page_count_) return no_such_page(number, page_count_);
    ensure_harmless();
    DOCMILL_CHECK(structure_.check_content(number));
    file_.release();
    const PopplerMessages messages;
    lead_up_to(number);
    std::unique_ptr<poppler::page> page(document_->create_page(number - 1));
    if (messages.any()) structure_.note_complaint();
    if (!page) {
      return fail(ErrorCode::unreadable, "The page cannot be found in the PDF" + reason(messages) + ".", number);
    }
    return std::make_unique<PdfPage>(std::move(page), number, max_pixels_, structure_);
  }

  static std::string reason(const PopplerMessages& messages) {
    return messages.any() ? ": " + messages.first() : std::string{};
  }

 private:
  // Poppler goes through the whole form as soon as it is to show a page: it gets the document without one where that
  // has no end. Fields look on their pages as they did.
  void ensure_harmless();

  // Poppler reads all pages before the one that it is asked for, once. Where a part begins far behind, what they lie
  // among would come into memory all at once: so it goes there in steps.
  void lead_up_to(int number) {
    constexpr int step = 64;
    for (; reached_ + step < number; reached_ += step) {
      const std::unique_ptr<poppler::page> on_the_way(document_->create_page(reached_ + step - 1));
      file_.release();
    }
    reached_ = std::max(reached_, number);
  }

  const MappedFile file_;  // Poppler reads from it as long as it lives
  const std::uint64_t max_pixels_;
  std::shared_ptr<Buffer> harmless_;  // what Poppler reads from in its stead
  std::unique_ptr<poppler::document> document_;
  const int page_count_;
  PdfStructure structure_;
  bool is_harmless_ = false;
  int reached_ = 0;  // the last page that Poppler has read
};

std::string_view bytes_of(Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.getBuffer()), buffer.getSize()};
}

Result<std::unique_ptr<poppler::document>> load(std::string_view bytes, const std::string& given) {
  constexpr std::size_t longest_password = 127;  // more does not count, and Poppler has no room for it
  const auto password = given.substr(0, longest_password);
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return fail(ErrorCode::too_large, "The PDF is larger than 2 GiB, which is the most that can be read.");
  }
  const PopplerMessages messages;
  std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size()), password, password));
  if (!document) {
    return fail(ErrorCode::unreadable, "The PDF is damaged beyond repair" + PdfDocument::reason(messages) + ".");
  }
  if (document->is_locked()) {
    return fail(ErrorCode::encrypted, password.empty()
                                          ? "The PDF is encrypted: it opens with a password only."
                                          : "The PDF is encrypted, and the password given does not open it.");
  }
  if (document->pages() < 1) {
    return fail(ErrorCode::unreadable, "The PDF has no pages" + PdfDocument::reason(messages) + ".");
  }
  return document;
}

void PdfDocument::ensure_harmless() {
  if (std::exchange(is_harmless_, true)) return;
  auto copy = structure_.without_endless_form();
  if (!copy) return;
  auto document = load(bytes_of(*copy), "");
  if (!document || (*document)->pages() != page_count_) return;
  document_ = std::move(*document);
  harmless_ = std::move(copy);
}

// Draws one word in a font that is not embedded: that loads the list of the system's fonts.
constexpr std::string_view small_pdf = R"(%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj
4 0 obj <</Length 33>> stream
BT /F 12 Tf 9 9 Td (docmill) Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
)";

// `bytes` as if they were a file.
Result<MappedFile> file_of(std::string_view bytes) {
  const Descriptor file(::memfd_create("warm-up", MFD_CLOEXEC));
  const bool is_written = ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  DOCMILL_ASSERT(is_written);
  return MappedFile::map(file.get());
}

}  // namespace

Result<std::unique_ptr<Document>> open_pdf(MappedFile file, const OpenOptions& options) {
  DOCMILL_TRY(document, load(file.bytes(), options.password));
  DOCMILL_CHECK(check_page_count(document->pages(), options.max_pages));
  return std::make_unique<PdfDocument>(std::move(file), std::move(document), options);
}

void warm_up_pdf() {
  // Poppler drops its tables with its last document and glibc its converters with the last user: these two stay.
  static const iconv_t converter = iconv_open("UTF-16", "UTF-8");
  static const auto kept = load(small_pdf, "");
  const auto file = file_of(small_pdf);
  DOCMILL_ASSERT(converter != reinterpret_cast<iconv_t>(-1) && kept && file);
  PdfStructure structure(*file, "", 1);
  PdfPage page(std::unique_ptr<poppler::page>((*kept)->create_page(0)), 1, 0, structure);
  const bool usable = page.text_layer() && page.image(72);
  DOCMILL_ASSERT(usable);
}

}  // namespace docmill
