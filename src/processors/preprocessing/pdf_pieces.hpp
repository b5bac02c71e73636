// The pieces that a PDF is split into: which pages each has, and what it is called.
#pragma once

#include <string>
#include <vector>

namespace docmill::preprocessing {

// The pages of one piece, ascending; they may have gaps where the option `pages` left some out.
using Piece = std::vector<int>;

// `pages` (ascending) in pieces of `most_pages` each (0: one piece), the last one perhaps smaller.
std::vector<Piece> split_by_pages(const std::vector<int>& pages, int most_pages);

// The artifact: "pages-012-024.pdf", "page-007.pdf"; numbers with as many digits as the last page of the document has,
// so that names sort as the pages do.
std::string piece_name(const Piece& piece, int page_count);

}  // namespace docmill::preprocessing
