// An image file as a Document: one page, or as many as a TIFF has. Pages are decoded when their pixels are asked for.
#pragma once

#include <memory>

#include "documents/document.hpp"
#include "documents/mapped_file.hpp"

namespace docmill {

// unreadable: no header that makes sense · too_large: more pages than allowed. Pages that are too large or damaged
// fail one by one.
Result<std::unique_ptr<Document>> open_image(DocumentType type, MappedFile file, const OpenOptions& options);

}  // namespace docmill
