// Findings of what stands in a PDF besides its pages: damage, encryption, scripts, files, references, signatures,
// claims, fonts.
#pragma once

#include <vector>

#include "documents/pdf_inspection.hpp"
#include "processors/validation/findings.hpp"

namespace docmill::validation {

// Of the checks that `options` asks for.
std::vector<Finding> judge_pdf(const PdfFacts& facts, const ValidationOptions& options);

// Of a PDF whose pages can be read, but not all that stands beside them: `why` is what inspecting it failed of.
std::vector<Finding> judge_uninspected(const Error& why, const ValidationOptions& options);

// Whether any of those checks is asked for: inspecting a PDF takes about a millisecond a page.
bool wants_inspection(const ValidationOptions& options);

}  // namespace docmill::validation
