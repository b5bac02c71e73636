// Writes pages of a PDF as a PDF of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <qpdf/QPDFObjGen.hh>
#include <set>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "processors/preprocessing/pdf_pieces.hpp"
#include "processors/preprocessing/pdf_source.hpp"

namespace docmill::preprocessing {

// Takes what is written; an error stops the writing, and is returned.
using ByteSink = std::function<Status(std::string_view)>;

struct WriteStyle {
  bool linearize = false;
  bool keep_encryption = false;
};

// The whole document. What qpdf throws passes through, here and below.
Status write_document(QPDF& pdf, const WriteStyle& style, const ByteSink& sink);

// The pages of `piece`, with their annotations and form fields, and the document's information. What they share with
// pages elsewhere is not dragged along: unused resources are left out. The source's pages may be changed by that, but
// not what they show.
Status write_piece(PdfSource& source, const Piece& piece, const WriteStyle& style, const ByteSink& sink);

// How many bytes page `number` adds to a piece, about, not counting what `seen` has already; adds to `seen` what the
// page needs.
std::uint64_t estimate_page(PdfSource& source, int number, std::set<QPDFObjGen>& seen);

}  // namespace docmill::preprocessing
