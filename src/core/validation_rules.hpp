// The rules that users set for the stage validation: read from TOML, and checked before a job is submitted.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string_view>

#include "core/finding.hpp"
#include "core/result.hpp"

namespace docmill {

// The keys of a rules file as options of the stage validation: `min_pages = 2` as on the command line, and a table
// [severity] of codes and severities, which becomes the option `severity`.
//   invalid_option: no TOML, or a key or value that is none of those; the line is named
Result<boost::json::object> read_rules(std::string_view toml);

// "embedded_file=error,javascript=off". invalid_option: no such finding (the nearest is named) or severity.
Result<std::map<FindingCode, Severity>> parse_severities(std::string_view text);

// Checks of single options, for their table.
Status check_rules_file(const boost::json::value& toml);
Status check_patterns(const boost::json::value& patterns);
Status check_allowed_languages(const boost::json::value& languages);
Status check_severities(const boost::json::value& severities);

}  // namespace docmill
