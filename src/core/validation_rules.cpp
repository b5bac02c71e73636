#include "core/validation_rules.hpp"

#include <re2/re2.h>
#include <toml++/toml.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "core/language.hpp"
#include "core/options.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::string_view stage = "validation";

Error in_line(const toml::source_region& region, const std::string& message) {
  return fail(ErrorCode::invalid_option, "line " + std::to_string(region.begin.line) + ": " + message);
}

Result<json::value> json_of(const toml::node& node) {
  if (const auto* items = node.as_array()) {
    json::array array;
    for (const auto& item : *items) {
      DOCMILL_TRY(value, json_of(item));
      array.push_back(std::move(value));
    }
    return json::value(std::move(array));
  }
  if (const auto* text = node.as_string()) return json::value(text->get());
  if (const auto* whole = node.as_integer()) return json::value(whole->get());
  if (const auto* flag = node.as_boolean()) return json::value(flag->get());
  if (const auto* real = node.as_floating_point()) return json::value(real->get());
  return in_line(node.source(), "a rule is text, a number, true, false or a list");
}

// [severity] as the option of that name has it.
Result<json::value> severities_of(const toml::table& table) {
  std::string text;
  for (const auto& [code, severity] : table) {
    const auto* const level = severity.as_string();
    if (level == nullptr) return in_line(severity.source(), "a severity is off, info, warning or error");
    text += (text.empty() ? "" : ",") + std::string(code.str()) + "=" + level->get();
  }
  if (auto known = parse_severities(text); !known) return in_line(table.source(), known.error().message);
  return json::value(text);
}

Result<json::value> rule_value(std::string_view name, const toml::node& node) {
  if (const auto* const table = node.as_table(); table != nullptr && name == "severity") return severities_of(*table);
  if (name == "rules") return in_line(node.source(), "a file of rules cannot name another");
  const auto spec = find_option(stage, name);
  if (!spec) return in_line(node.source(), spec.error().message);
  DOCMILL_TRY(given, json_of(node));
  auto value = option_value(**spec, given);
  if (!value) return in_line(node.source(), value.error().message);
  return value;
}

std::vector<std::string_view> finding_names() {
  std::vector<std::string_view> names;
  for (const auto& row : finding_table) names.push_back(row.name);
  return names;
}

}  // namespace

Result<json::object> read_rules(std::string_view text) {
  json::object rules;
  try {
    const auto table = toml::parse(text);
    for (const auto& [name, node] : table) {
      DOCMILL_TRY(value, rule_value(name.str(), node));
      rules[name.str()] = std::move(value);
    }
  } catch (const toml::parse_error& error) {
    return in_line(error.source(), std::string(error.description()));
  }
  return rules;
}

Result<std::map<FindingCode, Severity>> parse_severities(std::string_view text) {
  std::map<FindingCode, Severity> severities;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = std::min(item.find('='), item.size());
    const auto name = item.substr(0, equals);
    const auto code = finding_code_from_string(name);
    if (!code) {
      return fail(ErrorCode::invalid_option,
                  "no finding is called '" + std::string(name) + "'" + meant(name, finding_names()));
    }
    const auto severity = severity_from_string(item.substr(std::min(equals + 1, item.size())));
    if (!severity) {
      return fail(ErrorCode::invalid_option,
                  "the severity of '" + std::string(name) + "' must be off, info, warning or error");
    }
    severities[*code] = *severity;
  }
  return severities;
}

Status check_rules_file(const json::value& toml) {
  DOCMILL_CHECK(read_rules(toml.as_string()));
  return {};
}

Status check_patterns(const json::value& patterns) {
  for (const auto& item : patterns.as_array()) {
    const auto& text = item.as_string();
    const re2::RE2 pattern(re2::StringPiece(text.data(), text.size()), re2::RE2::Quiet);
    if (pattern.ok()) continue;
    return fail(ErrorCode::invalid_option, "'" + std::string(text) + "' is no regular expression: " + pattern.error());
  }
  return {};
}

Status check_allowed_languages(const json::value& languages) {
  if (languages.as_string().empty()) return {};
  DOCMILL_TRY(models, engine_languages(languages.as_string()));
  return check_known_languages(models);
}

Status check_severities(const json::value& severities) {
  DOCMILL_CHECK(parse_severities(severities.as_string()));
  return {};
}

}  // namespace docmill
