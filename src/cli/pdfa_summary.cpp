#include "cli/pdfa_summary.hpp"

#include "cli/console.hpp"
#include "cli/members.hpp"

namespace docmill::cli {

namespace json = boost::json;

void PdfaSummary::add(const std::string& document, const json::object& record) {
  const auto* const pdfa = object_at(record, "pdfa");
  if (pdfa == nullptr) return;
  if (const auto reason = text_at(*pdfa, "reason"); !reason.empty()) {
    plain_.add(document, std::string(reason));
  } else {
    ++archival_;
  }
}

json::object PdfaSummary::json() const {
  return {{"pdfa", archival_}, {"plain", plain()}, {"plain_documents", plain_.json()}};
}

std::string PdfaSummary::text() const {
  if (plain() == 0) return {};
  return count_text(plain(), "PDF") + (plain() == 1 ? " is" : " are") + " no PDF/A:\n" + plain_.text();
}

}  // namespace docmill::cli
