// Which pages of a document are to be done: "1,3-5,8-end".
#pragma once

#include <string_view>
#include <vector>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill::ocr {

// The pages that `text` (core/page_list.hpp) names, ascending, each once; all where it is empty.
// invalid_option: not understood, or pages that the document has not.
Result<std::vector<int>> select_pages(std::string_view text, int page_count);

// Of `pages` (ascending) those within `range`; all for {0, 0}.
std::vector<int> pages_within(const std::vector<int>& pages, PageRange range);

// Contiguous ranges that hold `pages` (ascending), at most `part_pages` of them each, of even sizes; more than
// `part_pages` where there would be more than 240 ranges.
std::vector<PageRange> split_pages(const std::vector<int>& pages, int part_pages);

}  // namespace docmill::ocr
