// Writes pages of a PDF as a PDF of their own.
#pragma once

#include <cstdint>
#include <qpdf/QPDFObjGen.hh>
#include <set>
#include <vector>

#include "core/result.hpp"
#include "processors/pdf_writing.hpp"
#include "processors/preprocessing/pdf_pieces.hpp"
#include "processors/preprocessing/pdf_source.hpp"

namespace docmill::preprocessing {

// The pages of `piece`, with their annotations and form fields, and the document's information. What they share with
// pages elsewhere is not dragged along: unused resources are left out. The source's pages may be changed by that, but
// not what they show. What qpdf throws passes through, here and below.
Status write_piece(PdfSource& source, const Piece& piece, const WriteStyle& style, const ByteSink& sink);

// How many bytes page `number` adds to a piece, about, not counting what `seen` has already; adds to `seen` what the
// page needs.
std::uint64_t estimate_page(PdfSource& source, int number, std::set<QPDFObjGen>& seen);

}  // namespace docmill::preprocessing
