#include "documents/document.hpp"

#include <leptonica/allheaders.h>

#include "documents/image_document.hpp"
#include "documents/mapped_file.hpp"
#include "documents/pdf_document.hpp"
#include "documents/sniff.hpp"

namespace docmill {
namespace {

Error unsupported(std::string_view bytes) {
  const auto what = describe_content(bytes);
  return fail(
      ErrorCode::unsupported_type,
      (what.empty() || what == "data" ? "The content is of no type that docmill knows" : "The content is: " + what) +
          ". docmill reads PDF and images (PNG, JPEG, TIFF, WebP, JPEG 2000, BMP, PNM).");
}

}  // namespace

Result<std::unique_ptr<Document>> Document::open(int descriptor, const OpenOptions& options) {
  setMsgSeverity(L_SEVERITY_NONE);
  DOCMILL_TRY(file, MappedFile::map(descriptor));
  const auto type = sniff(file.bytes());
  if (!type) return unsupported(file.bytes());
  if (*type == DocumentType::pdf) return open_pdf(std::move(file), options);
  return open_image(*type, std::move(file), options);
}

void warm_up_documents() {
  setMsgSeverity(L_SEVERITY_NONE);
  describe_content("docmill");
  warm_up_pdf();
}

}  // namespace docmill
