#include "cli/validation_summary.hpp"

#include <boost/json.hpp>
#include <numeric>

#include "cli/console.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view stage = "validation";

std::string text_at(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// "skewed: The page lies askew by 3 degrees. (page 2)"
std::string reason_of(const json::object& found) {
  const auto* const worst = found.if_contains("worst");
  if (worst == nullptr || !worst->is_object()) return {};
  auto reason = text_at(worst->get_object(), "code") + ": " + text_at(worst->get_object(), "message");
  const auto* const page = worst->get_object().if_contains("page");
  if (page != nullptr && page->is_int64()) reason += " (page " + std::to_string(page->get_int64()) + ")";
  return reason;
}

}  // namespace

bool is_invalid(const json::object& record) {
  const auto* const found = object_at(record, stage);
  return found != nullptr && text_at(*found, "verdict") == "invalid";
}

void ValidationSummary::add(const std::string& document, const json::object& record) {
  const auto* const findings = object_at(record, stage);
  if (findings == nullptr) return;
  const auto& found = *findings;
  const auto verdict = text_at(found, "verdict");
  ++verdicts_[verdict];
  if (verdict == "invalid") invalid_.add(document, reason_of(found));
  if (const auto* const codes = found.if_contains("codes"); codes != nullptr && codes->is_object()) {
    for (const auto& code : codes->get_object()) ++documents_with_[std::string(code.key())];
  }
  const auto digest = text_at(found, "sha256");
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
  std::string text = "verdicts: " + std::to_string(count_of("valid")) + " valid, " +
                     std::to_string(count_of("warning")) + " warning, " + std::to_string(invalid()) + " invalid\n";
  return text + invalid_.text() + groups_text("the same", same_.groups()) +
         groups_text("nearly the same", alike_.groups());
}

}  // namespace docmill::cli
