#include "cli/validation_summary.hpp"

#include <boost/json.hpp>
#include <numeric>

#include "cli/console.hpp"
#include "cli/members.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view stage = "validation";

}  // namespace

bool is_invalid(const json::object& record) {
  const auto* const found = object_at(record, stage);
  return found != nullptr && text_at(*found, "verdict") == "invalid";
}

void ValidationSummary::add(const std::string& document, const json::object& record) {
  const auto* const findings = object_at(record, stage);
  if (findings == nullptr) return;
  const auto& found = *findings;
  const std::string verdict(text_at(found, "verdict"));
  ++verdicts_[verdict];
  if (verdict == "invalid") {
    const auto* const worst = object_at(found, "worst");
    invalid_.add(document, worst != nullptr ? reason_of(*worst, count_at(*worst, "page")) : "");
  }
  if (const auto* const codes = object_at(found, "codes")) {
    for (const auto& code : *codes) ++documents_with_[std::string(code.key())];
  }
  const std::string digest(text_at(found, "sha256"));
  if (digest.empty() || !same_.add(document, digest)) return;
  if (const auto signature = signature_from_hex(text_at(found, "signature"))) alike_.add(document, *signature);
}

std::uint64_t ValidationSummary::documents() const {
  return std::accumulate(verdicts_.begin(), verdicts_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& item) { return sum + item.second; });
}

std::uint64_t ValidationSummary::count_of(const std::string& verdict) const {
  const auto found = verdicts_.find(verdict);
  return found == verdicts_.end() ? 0 : found->second;
}

json::object ValidationSummary::json() const {
  return {{"documents", documents()},
          {"valid", count_of("valid")},
          {"warning", count_of("warning")},
          {"invalid", invalid()},
          {"findings", counts_json(documents_with_)},
          {"invalid_documents", invalid_.json()},
          {"duplicates", groups_json(same_.groups())},
          {"near_duplicates", groups_json(alike_.groups())}};
}

std::string ValidationSummary::text() const {
  if (documents() == 0) return {};
  std::string text = "verdicts: " + number_text(count_of("valid")) + " valid, " + number_text(count_of("warning")) +
                     " warning, " + number_text(invalid()) + " invalid\n";
  return text + invalid_.text() + groups_text("the same", same_.groups()) +
         groups_text("nearly the same", alike_.groups());
}

}  // namespace docmill::cli
