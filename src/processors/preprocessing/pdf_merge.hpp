// PDFs one after the other as one PDF: the pages as they are, with their annotations and form fields, and a bookmark
// where each document begins.
//
// Memory: the objects of all documents (not the data of streams), about 2 KB each, until the last byte is written.
#pragma once

#include <string>
#include <vector>

#include "core/descriptor.hpp"
#include "processors/pdf_writing.hpp"

namespace docmill::preprocessing {

struct MergeInput {
  std::string name;
  Descriptor file;
};

// Writes the pages of `inputs`, in their order, to `sink`; returns their number. `password` opens those that are
// encrypted; the output is not.
//   unsupported_type: no PDF · unreadable: qpdf cannot read it · encrypted: another password is needed; each names the
//   document. Else what `sink` answers.
Result<int> merge_pdfs(std::vector<MergeInput> inputs, const std::string& password, const ByteSink& sink);

}  // namespace docmill::preprocessing
