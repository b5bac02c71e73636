// docmill config: every key, and every option of the stages, with its value, where that came from, and what it means.
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/session.hpp"
#include "cli/stage_flags.hpp"
#include "core/json_text.hpp"
#include "node/record.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

bool every_key(const ConfigKey& /*key*/) { return true; }

std::string shown_flag(const ConfigKey& key) {
  return key.flag.empty() ? key.flag_name()
                          : std::string(key.flag) + (key.flag == key.flag_name() ? "" : "," + key.flag_name());
}

std::string shown_value(const ConfigKey& key, const Config::Value& value) {
  return document_as_text(key.secret ? without_secrets(value.text) : value.text);
}

// A section for each stage, those of all documents among them; noop is for measuring.
std::vector<std::string_view> option_sections() {
  std::vector<std::string_view> sections{every_stage};
  for (const auto stage : all_stages()) {
    if (stage != "noop") sections.push_back(stage);
  }
  return sections;
}

json::value shown_value(const OptionSpec& spec, const OptionSettings::Setting* setting) {
  if (setting == nullptr) return json::parse(spec.default_value);
  return spec.secret ? json::value("***") : setting->value;
}

void print_options(const OptionSettings& settings) {
  for (const auto section : option_sections()) {
    print("\n[" + std::string(section) + "]\n");
    for (const auto& spec : all_options()) {
      if (spec.stage != section) continue;
      const auto* setting = settings.find(spec);
      print("# " + std::string(spec.help) + (spec.choices.empty() ? "" : " (" + std::string(spec.choices) + ")") +
            "\n" + std::string(spec.name) + " = " + json_text(shown_value(spec, setting)) + "  # " +
            (setting == nullptr ? "default" : setting->origin) + "\n");
    }
  }
}

void print_text(const Config& config) {
  std::string_view section;
  for (const auto& key : config_keys()) {
    if (key.section != section) print((section.empty() ? "[" : "\n[") + std::string(key.section) + "]\n");
    section = key.section;
    const auto& value = config.value(key.name());
    print("# " + std::string(key.help) + (key.choices.empty() ? "" : " (" + std::string(key.choices) + ")") + "\n");
    const bool bare = key.type == ConfigType::integer;
    print(std::string(key.key) + " = " + (bare ? value.text : json::serialize(json::string(shown_value(key, value)))) +
          "  # " + value.origin + "\n");
  }
  print_options(config.options());
}

json::object options_json(const OptionSettings& settings) {
  json::object all;
  for (const auto section : option_sections()) {
    for (const auto& spec : all_options()) {
      if (spec.stage != section) continue;
      const auto* setting = settings.find(spec);
      all[std::string(section) + "." + std::string(spec.name)] =
          json::object{{"value", shown_value(spec, setting)},
                       {"origin", setting == nullptr ? "default" : document_as_text(setting->origin)},
                       {"default", json::parse(spec.default_value)},
                       {"environment", environment_name(spec.stage, spec.name)},
                       {"flag", stage_flag(spec)},
                       {"help", spec.help}};
    }
  }
  return all;
}

void print_json(const Config& config) {
  json::object all;
  for (const auto& key : config_keys()) {
    const auto& value = config.value(key.name());
    all[key.name()] =
        json::object{{"value", shown_value(key, value)}, {"origin", document_as_text(value.origin)},
                     {"default", key.default_value},     {"environment", environment_name(key.section, key.key)},
                     {"flag", shown_flag(key)},          {"help", key.help}};
  }
  for (auto& item : options_json(config.options())) all[item.key()] = item.value();
  print_line(all);
}

void print_markdown() {
  std::string_view section;
  for (const auto& key : config_keys()) {
    if (key.section != section) {
      print((section.empty() ? "## `[" : "\n## `[") + std::string(key.section) +
            "]`\n\n| key | default | environment | flag | meaning |\n| --- | --- | --- | --- | --- |\n");
    }
    section = key.section;
    std::string help(key.help);
    if (!key.choices.empty()) help += " (" + std::string(key.choices) + ")";
    for (std::size_t at = 0; (at = help.find('|', at)) != std::string::npos; at += 2) help.insert(at, "\\");
    const auto environment = "`" + environment_name(key.section, key.key) + "`" +
                             (key.environment.empty() ? "" : ", `" + std::string(key.environment) + "`");
    print("| `" + std::string(key.key) + "` | " +
          (key.default_value.empty() ? "" : "`" + std::string(key.default_value) + "`") + " | " + environment + " | `" +
          shown_flag(key) + "` | " + help + " |\n");
  }
}

}  // namespace

void add_config_command(Command program, Session& session) {
  auto command = program.add_command("config", "Show every configuration key: value, origin, meaning");
  const auto as_json = std::make_shared<bool>(false);
  const auto as_markdown = std::make_shared<bool>(false);
  command.add_flag("--json", *as_json, "One JSON object");
  command.add_flag("--markdown", *as_markdown, "The page docs/reference/config.md");
  session.add_config_flags(command, every_key);
  command.action([&session, as_json, as_markdown] {
    if (*as_markdown) return print_markdown();
    session.load_config();
    *as_json ? print_json(session.config()) : print_text(session.config());
  });
}

}  // namespace docmill::cli
