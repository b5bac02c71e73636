#include "cli/pdfa_summary.hpp"

#include "cli/console.hpp"

namespace docmill::cli {

namespace json = boost::json;

void PdfaSummary::add(const std::string& document, const json::object& record) {
  const auto* const member = record.if_contains("pdfa");
  if (member == nullptr || !member->is_object()) return;
  const auto* const reason = member->get_object().if_contains("reason");
  if (reason == nullptr || !reason->is_string()) {
    ++archival_;
    return;
  }
  ++plain_;
  if (named_.size() < most_named) named_.emplace_back(document, std::string(reason->get_string()));
}

json::object PdfaSummary::json() const {
  json::array documents;
  for (const auto& [document, reason] : named_) {
    documents.push_back(json::object{{"document", json_name(document)}, {"reason", printable(reason)}});
  }
  return {{"pdfa", archival_}, {"plain", plain_}, {"plain_documents", std::move(documents)}};
}

std::string PdfaSummary::text() const {
  if (plain_ == 0) return {};
  auto text = count_text(plain_, "PDF") + (plain_ == 1 ? " is" : " are") + " no PDF/A:\n";
  for (const auto& [document, reason] : named_) text += "  " + printable(document) + ": " + printable(reason) + "\n";
  if (plain_ > named_.size()) text += "  and " + std::to_string(plain_ - named_.size()) + " more\n";
  return text;
}

bool wants_pdfa(const json::object& options) {
  const auto* const type = options.if_contains("output_type");
  return type != nullptr && *type == "pdfa";
}

}  // namespace docmill::cli
