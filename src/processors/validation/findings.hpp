// Findings: what is wrong with a document, or worth knowing of it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "processors/validation/options.hpp"

namespace docmill::validation {

struct Finding {
  FindingCode code = FindingCode::unreadable;
  int page = 0;         // 1-based; 0: the document as a whole
  std::string message;  // a sentence, valid UTF-8
};

// The sentence of the table with its details filled in.
Finding make_finding(FindingCode code, int page, std::initializer_list<std::string_view> details = {});

// A number as it stands in sentences, rounded to `decimals` places.
std::string number_text(double value, int decimals);

// What was found in a whole document.
struct Judgement {
  std::vector<Finding> findings;  // worst first, then by page
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t notes = 0;
  // 1: nothing to complain of. Each different error takes half of what is left, each different warning a tenth; of one
  // that concerns pages only the share of the pages that it concerns. 0: it cannot be opened.
  double score = 1;

  // valid, warning or invalid.
  std::string_view verdict() const { return errors > 0 ? "invalid" : warnings > 0 ? "warning" : "valid"; }
};

// Drops what is switched off and what was said before, puts the rest in order, and judges. `pages`: that were looked
// at.
Judgement judge(std::vector<Finding> findings, std::size_t pages, const ValidationOptions& options);

}  // namespace docmill::validation
