#include "worker/part_ranges.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace docmill {
namespace {

namespace json = boost::json;

struct PartRecord {
  PageRange pages;
  int page_count = 0;
};

int whole_number(const json::object& object, std::string_view name) {
  boost::system::error_code failed;
  const auto* value = object.if_contains(name);
  const int number = value != nullptr ? value->to_number<int>(failed) : 0;
  return failed ? 0 : number;
}

Result<PartRecord> read_record(const std::string& text, std::size_t part) {
  const auto wrong = [&] {
    return fail(ErrorCode::internal, "the record of part " + std::to_string(part + 1) + " does not name its pages");
  };
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // the document's name is bytes
  boost::system::error_code failed;
  const auto value = json::parse(text, failed, {}, options);
  if (failed || !value.is_object()) return wrong();
  const auto* pages = value.get_object().if_contains("pages");
  if (pages == nullptr || !pages->is_array() || pages->get_array().empty()) return wrong();
  PartRecord record;
  for (const auto& page : pages->get_array()) {
    const int number = page.is_object() ? whole_number(page.get_object(), "page") : 0;
    if (number < 1) return wrong();
    record.pages.first = record.pages.first == 0 ? number : std::min(record.pages.first, number);
    record.pages.last = std::max(record.pages.last, number);
  }
  record.page_count = whole_number(value.get_object(), "page_count");
  return record;
}

// Gives the pages `first … last` to the parts `begin … end-1`. Each had a page at least.
Status share(std::vector<PageRange>& ranges, std::size_t begin, std::size_t end, int first, int last) {
  const int parts = static_cast<int>(end - begin);
  const long pages = std::max(0, last - first + 1);
  if (pages < parts) {
    return fail(ErrorCode::internal, "the other parts leave no pages for part " + std::to_string(begin + 1));
  }
  for (int i = 0; i < parts; ++i) {
    ranges[begin + static_cast<std::size_t>(i)] = {first + static_cast<int>(pages * i / parts),
                                                   first + static_cast<int>(pages * (i + 1) / parts) - 1};
  }
  return {};
}

}  // namespace

Result<std::vector<PageRange>> part_ranges(const std::vector<std::string>& records) {
  std::vector<PageRange> ranges(records.size());
  int page_count = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].empty()) continue;
    DOCMILL_TRY(record, read_record(records[i], i));
    ranges[i] = record.pages;
    page_count = std::max({page_count, record.page_count, record.pages.last});
  }
  std::size_t begin = 0;
  int covered = 0;  // the last page before the gap
  for (std::size_t i = 0; i <= records.size(); ++i) {
    if (i < records.size() && records[i].empty()) continue;
    const int next = i < records.size() ? ranges[i].first : page_count + 1;
    DOCMILL_CHECK(share(ranges, begin, i, covered + 1, next - 1));
    if (i < records.size()) covered = ranges[i].last;
    begin = i + 1;
  }
  return ranges;
}

}  // namespace docmill
