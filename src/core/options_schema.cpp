#include "core/options_schema.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "core/options.hpp"
#include "docmill_version.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

json::value number_in(OptionType type, double value) {
  if (type == OptionType::integer) return static_cast<std::int64_t>(value);
  return value;
}

json::object choice_schema(const OptionSpec& spec) {
  json::array values;
  for (const auto value : choices_of(spec)) values.emplace_back(value);
  return {{"type", "string"}, {"enum", std::move(values)}};
}

json::object type_schema(const OptionSpec& spec) {
  switch (spec.type) {
    case OptionType::boolean:
      return {{"type", "boolean"}};
    case OptionType::integer:
    case OptionType::number:
      return {{"type", spec.type == OptionType::integer ? "integer" : "number"},
              {"minimum", number_in(spec.type, spec.minimum)},
              {"maximum", number_in(spec.type, spec.maximum)}};
    case OptionType::choice:
      return choice_schema(spec);
    case OptionType::list:
      return {{"type", "array"}, {"items", choice_schema(spec)}, {"minItems", 1}};
    case OptionType::size:
      return {{"type", json::array{"integer", "string"}}, {"minimum", 0}};
    case OptionType::texts:
      return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case OptionType::pages:
    case OptionType::file:
    case OptionType::text:
      break;
  }
  return {{"type", "string"}};
}

}  // namespace

json::object options_schema(std::span<const std::string> stages) {
  json::object properties;
  for (const auto& spec : all_options()) {
    const auto applies = [&](const std::string& stage) { return applies_to(spec, stage); };
    if (std::none_of(stages.begin(), stages.end(), applies)) continue;
    auto property = type_schema(spec);
    property["default"] = json::parse(spec.default_value);
    property["description"] = spec.help;
    if (spec.secret) property["writeOnly"] = true;
    properties[spec.name] = std::move(property);
  }
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

json::object options_openapi(std::span<const std::string> stages) {
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "docmill"}, {"version", DOCMILL_VERSION}}},
          {"components", {{"schemas", {{"JobOptions", options_schema(stages)}}}}}};
}

}  // namespace docmill
