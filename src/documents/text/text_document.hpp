// Documents that are text and have no pages: opened as a Document of one page without pixels.
#pragma once

#include <memory>
#include <optional>

#include "documents/document.hpp"
#include "documents/text/readers.hpp"

namespace docmill {

// What the content says it is. Plain text and Markdown look the same, so there the name decides (.md, .markdown);
// nullopt: no text.
std::optional<DocumentType> sniff_text(std::string_view bytes, std::string_view name);

// Opens what `descriptor` (borrowed) holds. Its text() is set; its page has an empty text layer, and its image is an
// error (unsupported_type).
//   unsupported_type: no text · unreadable · encrypted · too_large: over `limits`
Result<std::unique_ptr<Document>> open_text_document(int descriptor, const OpenOptions& options,
                                                     const TextLimits& limits = {});

}  // namespace docmill
