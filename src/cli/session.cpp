#include "cli/session.hpp"

#include <cstdlib>

namespace docmill::cli {
namespace {

const char* type_name(ConfigType type) {
  switch (type) {
    case ConfigType::integer:
      return "N";
    case ConfigType::bytes:
      return "SIZE";
    case ConfigType::duration:
      return "TIME";
    case ConfigType::text:
    case ConfigType::choice:
      break;
  }
  return "TEXT";
}

}  // namespace

Session::Session() : environment_(&std::getenv) {}

void Session::add_config_flags(Command command, bool (*wanted)(const ConfigKey& key)) {
  for (const auto& key : config_keys()) {
    if (!wanted(key)) continue;
    std::string flags(key.flag);
    const auto long_flag = key.flag_name();
    const auto shown = flags.empty() ? long_flag : flags.substr(flags.find("--"));
    if (flags.empty()) {
      flags = long_flag;
    } else if (flags != long_flag) {
      flags += "," + long_flag;
    }
    std::string help(key.help);
    if (key.type == ConfigType::choice) help += " (" + std::string(key.choices) + ")";
    if (!key.default_value.empty()) help += " [" + std::string(key.default_value) + "]";
    const std::function<void(const std::string&)> take = [this, name = key.name(), shown](const std::string& text) {
      given_[name] = {text, "flag " + shown};
    };
    command.add_option(flags, take, help).type_name(type_name(key.type)).group("Configuration");
  }
}

boost::json::object Session::stage_options(std::string_view pipeline, boost::json::object given) const {
  return or_stop(resolve_options(pipeline, config_.options().beside(pipeline, std::move(given))));
}

void Session::load_config() {
  if (const auto file = find_config_file(config_file, environment_)) or_stop(load_config_file(config_, *file));
  or_stop(load_environment(config_, environment_));
  for (const auto& [name, given] : given_) {
    or_stop(config_.set(name, given.first, ConfigSource::flag, given.second));
  }
  or_stop(config_.check());
}

}  // namespace docmill::cli
