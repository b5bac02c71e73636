#include "processors/validation/findings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "documents/text_format.hpp"

namespace docmill::validation {
namespace {

bool means_unopened(FindingCode code) {
  return code == FindingCode::unreadable || code == FindingCode::encrypted || code == FindingCode::unsupported_type;
}

double score_of(const std::vector<Finding>& findings, std::size_t pages, const ValidationOptions& options) {
  constexpr double weight_of_error = 0.5;
  constexpr double weight_of_warning = 0.1;
  std::map<FindingCode, std::set<int>> pages_of;
  for (const auto& finding : findings) pages_of[finding.code].insert(finding.page);
  double score = 1;
  for (const auto& [code, concerned] : pages_of) {
    if (means_unopened(code)) return 0;
    const auto severity = options.severity_of(code);
    const double weight = severity == Severity::error     ? weight_of_error
                          : severity == Severity::warning ? weight_of_warning
                                                          : 0;
    const bool is_of_pages = !concerned.contains(0) && pages > 0;
    const double share =
        is_of_pages ? std::min(1.0, static_cast<double>(concerned.size()) / static_cast<double>(pages)) : 1;
    score *= 1 - weight * share;
  }
  return score;
}

}  // namespace

Finding make_finding(FindingCode code, int page, std::initializer_list<std::string_view> details) {
  Finding finding{code, page, {}};
  const auto* detail = details.begin();
  std::string_view rest = info_of(code).sentence;
  for (auto at = rest.find("{}"); at != std::string_view::npos; at = rest.find("{}")) {
    DOCMILL_ASSERT(detail != details.end());
    finding.message.append(rest.substr(0, at)).append(valid_utf8(*detail++));
    rest.remove_prefix(at + 2);
  }
  finding.message += rest;
  return finding;
}

std::string number_text(double value, int decimals) {
  std::string text;
  append_number(text, value, decimals);
  return text;
}

Judgement judge(std::vector<Finding> findings, std::size_t pages, const ValidationOptions& options) {
  std::erase_if(findings, [&](const Finding& finding) { return options.severity_of(finding.code) == Severity::off; });
  const auto rank = [&](const Finding& finding) {
    return std::make_tuple(-static_cast<int>(options.severity_of(finding.code)), finding.page, finding.code);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return rank(a) < rank(b); });
  std::set<std::tuple<FindingCode, int, std::string_view>> said;
  std::vector<Finding> kept;
  for (const auto& finding : findings) {
    if (said.emplace(finding.code, finding.page, finding.message).second) kept.push_back(finding);
  }
  Judgement judgement;
  judgement.findings = std::move(kept);
  for (const auto& finding : judgement.findings) {
    const auto severity = options.severity_of(finding.code);
    ++(severity == Severity::error     ? judgement.errors
       : severity == Severity::warning ? judgement.warnings
                                       : judgement.notes);
  }
  judgement.score = score_of(judgement.findings, pages, options);
  return judgement;
}

}  // namespace docmill::validation
