#include "core/page_list.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace docmill {
namespace {

std::optional<int> page_number(std::string_view text) {
  if (text == "end") return PageSpan::end;
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

// A range without a beginning is refused: "-2" means the first two pages to one, the last but one to another.
std::optional<PageSpan> page_span(std::string_view item) {
  const auto dash = item.find('-');
  const auto first = page_number(item.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash == std::string_view::npos) return PageSpan{*first, *first};
  const auto text = item.substr(dash + 1);
  const auto last = text.empty() ? PageSpan::end : page_number(text);
  if (!last || *first == PageSpan::end) return std::nullopt;
  if (*last != PageSpan::end && *last < *first) return std::nullopt;
  return PageSpan{*first, *last};
}

}  // namespace

Result<std::vector<PageSpan>> parse_page_list(std::string_view text) {
  std::string packed(text);
  std::erase(packed, ' ');
  std::vector<PageSpan> spans;
  if (packed.empty()) return spans;
  for (std::size_t begin = 0; begin <= packed.size();) {
    const auto end = std::min(packed.find(',', begin), packed.size());
    const auto item = packed.substr(begin, end - begin);
    const auto span = page_span(item);
    if (!span) {
      return fail(ErrorCode::invalid_option,
                  "option 'pages' is like 1,3-5,8-end; '" + item + "' is no page and no range");
    }
    spans.push_back(*span);
    begin = end + 1;
  }
  return spans;
}

}  // namespace docmill
