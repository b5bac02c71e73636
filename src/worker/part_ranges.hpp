// Which pages the parts of a split document had, found again at its merge.
#pragma once

#include <string>
#include <vector>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {

// `records`: per part, in order, the result record of a done part (its `pages` say which it had, its `page_count` how
// many the document has) or "" for a failed one. A failed part had the gap between its neighbours, from page 1 and to
// the last page at the ends; failed neighbours share a gap evenly.
// internal: a record that does not name its pages, or no gap where a failed part must have been.
Result<std::vector<PageRange>> part_ranges(const std::vector<std::string>& records);

}  // namespace docmill
