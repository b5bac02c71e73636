#include "system/config_file.hpp"

#include <toml++/toml.h>
#include <boost/json.hpp>
#include <sstream>

#include "system/option_file.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string variable(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value == nullptr ? std::string() : std::string(value);
}

// $NAME, or ~/`fallback` where it is not set.
fs::path user_directory(const Environment& environment, const char* name, const char* fallback) {
  const auto set = variable(environment, name);
  return set.empty() ? fs::path(variable(environment, "HOME")) / fallback : fs::path(set);
}

std::string place(const fs::path& file, const toml::source_region& region) {
  return file.string() + ":" + std::to_string(region.begin.line);
}

// An option's value as JSON; a file's content for its name, which counts from the directory of the configuration.
Result<json::value> option_json(const toml::node& node, const OptionSpec& spec, const fs::path& directory,
                                const std::string& origin) {
  if (const auto* items = node.as_array()) {
    json::array array;
    for (const auto& item : *items) {
      DOCMILL_TRY(value, option_json(item, spec, directory, origin));
      array.push_back(std::move(value));
    }
    return json::value(std::move(array));
  }
  if (const auto* text = node.as_string()) {
    if (spec.type != OptionType::file) return json::value(text->get());
    auto content = read_option_file(spec, directory / text->get());
    if (!content) return fail(content.error().code, origin + ": " + content.error().message);
    return json::value(std::move(*content));
  }
  if (const auto* whole = node.as_integer()) return json::value(whole->get());
  if (const auto* flag = node.as_boolean()) return json::value(flag->get());
  if (const auto* real = node.as_floating_point()) return json::value(real->get());
  return fail(ErrorCode::invalid_option,
              origin + ": option '" + std::string(spec.name) + "' must be text, a number, true, false or a list");
}

Status take_option(Config& config, std::string_view section, std::string_view name, const toml::node& node,
                   const fs::path& file) {
  const auto origin = place(file, node.source());
  const auto spec = find_option(section, name);
  if (!spec) return fail(spec.error().code, origin + ": " + spec.error().message);
  DOCMILL_TRY(value, option_json(node, **spec, file.parent_path(), origin));
  return config.options().set(section, name, value, ConfigSource::file, origin);
}

Status load_options(Config& config, const Environment& environment) {
  for (const auto& spec : all_options()) {
    const auto name = environment_name(spec.stage, spec.name);
    auto value = variable(environment, name.c_str());
    if (value.empty()) continue;
    const auto origin = "environment " + name;
    if (spec.type == OptionType::file) {
      auto content = read_option_file(spec, value);
      if (!content) return fail(content.error().code, origin + ": " + content.error().message);
      value = std::move(*content);
    }
    DOCMILL_CHECK(config.options().set(spec.stage, spec.name, json::value(value), ConfigSource::environment, origin));
  }
  return {};
}

Result<std::string> scalar_text(const toml::node& node, const std::string& origin, const std::string& name) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  if (const auto* real = node.as_floating_point()) {
    std::ostringstream text;
    text << real->get();
    return text.str();
  }
  return fail(ErrorCode::invalid_option, origin + ": '" + name + "' must be text or a number");
}

}  // namespace

std::optional<fs::path> find_config_file(const std::string& named, const Environment& environment) {
  if (!named.empty()) return fs::path(named);
  if (const auto set = variable(environment, "DOCMILL_CONFIG"); !set.empty()) return fs::path(set);
  const fs::path candidates[] = {"docmill.toml",
                                 user_directory(environment, "XDG_CONFIG_HOME", ".config") / "docmill/config.toml",
                                 "/etc/docmill.toml"};
  for (const auto& candidate : candidates) {
    std::error_code ignored;  // one that cannot be looked at is as good as none
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return std::nullopt;
}

Status load_config_file(Config& config, const fs::path& file) {
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    const auto at = line == 0 ? file.string() : place(file, error.source());
    return fail(ErrorCode::invalid_option, at + ": " + std::string(error.description()));
  }
  for (const auto& [section, content] : table) {
    const auto* keys = content.as_table();
    if (keys == nullptr) {
      // A key outside of any section: the error names where it belongs.
      return config.set(section.str(), "", ConfigSource::file, place(file, content.source()));
    }
    for (const auto& [key, value] : *keys) {
      if (has_options(section.str())) {
        DOCMILL_CHECK(take_option(config, section.str(), key.str(), value, file));
        continue;
      }
      const auto name = std::string(section.str()) + "." + std::string(key.str());
      const auto origin = place(file, value.source());
      DOCMILL_TRY(text, scalar_text(value, origin, name));
      DOCMILL_CHECK(config.set(name, text, ConfigSource::file, origin));
    }
  }
  return {};
}

Status load_environment(Config& config, const Environment& environment) {
  for (const auto& key : config_keys()) {
    // The name with the prefix is the more deliberate one, so it is taken last.
    for (const auto& name : {std::string(key.environment), environment_name(key.section, key.key)}) {
      if (name.empty()) continue;
      if (const auto value = variable(environment, name.c_str()); !value.empty()) {
        DOCMILL_CHECK(config.set(key.name(), value, ConfigSource::environment, "environment " + name));
      }
    }
  }
  return load_options(config, environment);
}

fs::path data_directory(const Config& config, const Environment& environment) {
  if (const auto& set = config.text("store.data_dir"); !set.empty()) return set;
  return user_directory(environment, "XDG_DATA_HOME", ".local/share") / "docmill";
}

}  // namespace docmill
