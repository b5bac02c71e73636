#include "processors/ocr/page_selection.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace docmill::ocr {
namespace {

// What a broker takes as parts of one task; see broker/broker.hpp.
constexpr std::size_t most_parts = 240;

Error not_understood(std::string_view item) {
  return fail(ErrorCode::invalid_option,
              "option 'pages' is like 1,3-5,8-end; '" + std::string(item) + "' is no page and no range");
}

// One end of a range; `open_end` stands for an empty one.
Result<int> page_number(std::string_view text, int page_count, int open_end, std::string_view item) {
  if (text.empty()) return open_end;
  if (text == "end") return page_count;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return not_understood(item);
  if (number > page_count) {
    return fail(ErrorCode::invalid_option, "option 'pages' asks for page " + std::to_string(number) +
                                               "; the document has " + std::to_string(page_count));
  }
  return number;
}

Result<PageRange> page_range(std::string_view item, int page_count) {
  const auto dash = item.find('-');
  if (item.empty() || item == "-") return not_understood(item);
  PageRange range;
  DOCMILL_TRY(first, page_number(item.substr(0, dash), page_count, 1, item));
  range.first = first;
  range.last = first;
  if (dash != std::string_view::npos) {
    DOCMILL_TRY(last, page_number(item.substr(dash + 1), page_count, page_count, item));
    range.last = last;
  }
  if (range.last < range.first) return not_understood(item);
  return range;
}

}  // namespace

Result<std::vector<int>> select_pages(std::string_view text, int page_count) {
  std::string packed(text);
  std::erase(packed, ' ');
  std::vector<bool> wanted(static_cast<std::size_t>(page_count), packed.empty());
  for (std::string_view rest = packed; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    DOCMILL_TRY(range, page_range(rest.substr(0, end), page_count));
    std::fill(wanted.begin() + range.first - 1, wanted.begin() + range.last, true);
    rest.remove_prefix(std::min(end + 1, rest.size()));
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
