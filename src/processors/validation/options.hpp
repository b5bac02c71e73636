// ValidationOptions: the stage's options, checked and ready for use.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/finding.hpp"
#include "core/result.hpp"

namespace docmill::validation {

struct ValidationOptions {
  std::set<std::string, std::less<>> checks;
  std::map<FindingCode, Severity> severities;  // where they differ from the table's
  int min_pages = 0;                           // 0: no such rule, also below
  int max_pages = 0;
  double min_dpi = 0;
  double min_confidence = 0;
  std::set<std::string, std::less<>> allowed_types;  // empty: any
  std::vector<std::string> required_patterns;        // regular expressions that RE2 takes
  std::vector<std::string> forbidden_patterns;
  std::vector<std::string> languages;  // Tesseract's names; empty: any
  bool writes_json = true;
  bool writes_html = true;
  std::size_t thumbnails = 12;

  bool looks_for(std::string_view check) const { return checks.contains(check); }
  Severity severity_of(FindingCode code) const;
};

// From the options of a pipeline, as resolve_options() leaves them.
Result<ValidationOptions> read_validation_options(const boost::json::object& resolved);

}  // namespace docmill::validation
