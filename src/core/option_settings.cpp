#include "core/option_settings.hpp"

#include <algorithm>
#include <vector>

namespace docmill {
namespace {

Error at(const std::string& origin, Error error) {
  error.message = origin + ": " + error.message;
  return error;
}

}  // namespace

namespace json = boost::json;

Status OptionSettings::set(std::string_view section, std::string_view name, const json::value& given,
                           ConfigSource source, const std::string& origin) {
  const auto spec = find_option(section, name);
  if (!spec) return at(origin, spec.error());
  auto value = option_value(**spec, given);
  if (!value) return at(origin, value.error());
  Setting& setting = settings_[*spec];
  if (source >= setting.source) setting = {std::move(*value), source, origin};
  return {};
}

const OptionSettings::Setting* OptionSettings::find(const OptionSpec& spec) const {
  const auto found = settings_.find(&spec);
  return found == settings_.end() ? nullptr : &found->second;
}

json::object OptionSettings::beside(std::string_view pipeline, json::object given) const {
  const auto stages = parse_pipeline(pipeline);
  if (!stages) return given;
  for (const auto& spec : all_options()) {
    const auto applies = [&](const std::string& stage) { return applies_to(spec, stage); };
    const auto* setting = find(spec);
    if (setting == nullptr || given.contains(spec.name) || std::none_of(stages->begin(), stages->end(), applies))
      continue;
    given[spec.name] = setting->value;
  }
  return given;
}

}  // namespace docmill
