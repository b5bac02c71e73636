// A PDF as a Document: Poppler reads text and draws; qpdf, opened only when it is asked for, looks into the structure.
#pragma once

#include <memory>

#include "documents/document.hpp"
#include "documents/mapped_file.hpp"

namespace docmill {

// unreadable: beyond Poppler's repair, or without pages · encrypted: wrong or no password · too_large: over 2 GiB, or
// more pages than allowed.
Result<std::unique_ptr<Document>> open_pdf(MappedFile file, const OpenOptions& options);

// Loads fonts' tables and converters into this process, to be shared by its forks; they stay loaded.
void warm_up_pdf();

}  // namespace docmill
