#include "processors/ocr/page_selection.hpp"

#include <algorithm>
#include <string>

#include "core/page_list.hpp"

namespace docmill::ocr {
namespace {

// What a broker takes as parts of one task; see broker/broker.hpp.
constexpr std::size_t most_parts = 240;

// A page of the document, whose last one may be meant.
Result<int> page_number(int number, int page_count) {
  if (number == PageSpan::end) return page_count;
  if (number > page_count) {
    return fail(ErrorCode::invalid_option, "option 'pages' asks for page " + std::to_string(number) +
                                               "; the document has " + std::to_string(page_count));
  }
  return number;
}

}  // namespace

Result<std::vector<int>> select_pages(std::string_view text, int page_count) {
  DOCMILL_TRY(spans, parse_page_list(text));
  std::vector<bool> wanted(static_cast<std::size_t>(page_count), spans.empty());
  for (const auto& span : spans) {
    DOCMILL_TRY(first, page_number(span.first, page_count));
    DOCMILL_TRY(last, page_number(span.last, page_count));
    std::fill(wanted.begin() + first - 1, wanted.begin() + last, true);
  }
  std::vector<int> pages;
  for (int number = 1; number <= page_count; ++number) {
    if (wanted[static_cast<std::size_t>(number) - 1]) pages.push_back(number);
  }
  return pages;
}

std::vector<int> pages_within(const std::vector<int>& pages, PageRange range) {
  if (range == PageRange{}) return pages;
  std::vector<int> within;
  std::copy_if(pages.begin(), pages.end(), std::back_inserter(within),
               [&](int number) { return number >= range.first && number <= range.last; });
  return within;
}

std::vector<PageRange> split_pages(const std::vector<int>& pages, int part_pages) {
  const auto size = static_cast<std::size_t>(std::max(part_pages, 1));
  const auto count = std::min((pages.size() + size - 1) / size, most_parts);
  std::vector<PageRange> ranges;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = pages.size() * i / count;
    const auto end = pages.size() * (i + 1) / count;
    ranges.push_back({pages[begin], pages[end - 1]});
  }
  return ranges;
}

}  // namespace docmill::ocr
