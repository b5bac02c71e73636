#include "processors/validation/options.hpp"

#include <boost/json.hpp>

#include "core/language.hpp"
#include "core/validation_rules.hpp"

namespace docmill::validation {
namespace {

namespace json = boost::json;

std::vector<std::string> texts_of(const json::object& options, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& item : options.at(name).as_array()) texts.emplace_back(item.as_string());
  return texts;
}

std::set<std::string, std::less<>> set_of(const json::object& options, std::string_view name) {
  const auto texts = texts_of(options, name);
  return {texts.begin(), texts.end()};
}

}  // namespace

Severity ValidationOptions::severity_of(FindingCode code) const {
  const auto changed = severities.find(code);
  return changed == severities.end() ? info_of(code).severity : changed->second;
}

Result<ValidationOptions> read_validation_options(const json::object& resolved) {
  ValidationOptions options;
  options.checks = set_of(resolved, "checks");
  DOCMILL_TRY(severities, parse_severities(resolved.at("severity").as_string()));
  options.severities = std::move(severities);
  options.min_pages = resolved.at("min_pages").to_number<int>();
  options.max_pages = resolved.at("max_pages").to_number<int>();
  options.min_dpi = resolved.at("min_dpi").to_number<double>();
  options.min_confidence = resolved.at("min_confidence").to_number<double>();
  options.allowed_types = set_of(resolved, "allowed_types");
  if (options.allowed_types.contains("any")) options.allowed_types.clear();
  options.required_patterns = texts_of(resolved, "required_patterns");
  options.forbidden_patterns = texts_of(resolved, "forbidden_patterns");
  const auto& languages = resolved.at("languages").as_string();
  if (!languages.empty()) {
    DOCMILL_TRY(names, engine_languages(languages));
    options.languages = std::move(names);
  }
  const auto reports = set_of(resolved, "report");
  options.writes_json = reports.contains("json");
  options.writes_html = reports.contains("html");
  options.thumbnails = resolved.at("thumbnails").to_number<std::size_t>();
  return options;
}

}  // namespace docmill::validation
