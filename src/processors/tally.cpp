#include "processors/tally.hpp"

#include <boost/json.hpp>

namespace docmill {

void Tally::count(const TextPage& page) {
  ++pages_;
  if (page.status == PageStatus::failed) ++failed_;
  if (page.error) {
    is_whole_ = false;
    if (!first_error_) first_error_ = page.error;
  }
  manifest_.append(manifest_.empty() ? "" : ",").append(to_json(page, false));
}

void Tally::add(std::string_view name, std::string_view json) {
  members_.append("\"").append(name).append("\":").append(json).append(",");
}

void Tally::leave_out(const std::vector<std::string>& parts) {
  if (parts.empty()) return;
  is_whole_ = false;
  first_error_ = fail(ErrorCode::unreadable, parts.front());
  add("left_out", boost::json::serialize(boost::json::array(parts.begin(), parts.end())));
}

std::optional<Error> Tally::failure(Tolerance tolerance) const {
  return failed_ == pages_ || tolerance == Tolerance::none ? first_error_ : std::nullopt;
}

TaskOutput Tally::output() const {
  TaskOutput output;
  output.outcome = is_whole_ ? Outcome::ok : Outcome::partial;
  output.pages = pages_;
  output.record = "{" + members_ + "\"pages\":[" + manifest_ + "]}";
  return output;
}

}  // namespace docmill
