// A list of pages as users write it: "1,3-5,8-end".
#pragma once

#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

// Pages of some document, 1-based, both ends included.
struct PageSpan {
  static constexpr int end = 0;  // stands for the last page, whichever that is
  int first = 1;
  int last = end;
  bool operator==(const PageSpan&) const = default;
};

// The spans in the order given, none for an empty text. "3-" is "3-end", "end" the last page; blanks do not matter.
// invalid_option: not understood. That says nothing yet of whether a document has these pages.
Result<std::vector<PageSpan>> parse_page_list(std::string_view text);

}  // namespace docmill
