// docmill config: every key with its value, where that came from, and what it means.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/session.hpp"
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
}

void print_json(const Config& config) {
  json::object all;
  for (const auto& key : config_keys()) {
    const auto& value = config.value(key.name());
    all[key.name()] = json::object{{"value", shown_value(key, value)}, {"origin", document_as_text(value.origin)},
                                   {"default", key.default_value},     {"environment", key.environment_name()},
                                   {"flag", shown_flag(key)},          {"help", key.help}};
  }
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
    const auto environment = "`" + key.environment_name() + "`" +
                             (key.environment.empty() ? "" : ", `" + std::string(key.environment) + "`");
    print("| `" + std::string(key.key) + "` | " +
          (key.default_value.empty() ? "" : "`" + std::string(key.default_value) + "`") + " | " + environment + " | `" +
          shown_flag(key) + "` | " + help + " |\n");
  }
}

}  // namespace

void add_config_command(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("config", "Show every configuration key: value, origin, meaning");
  const auto as_json = std::make_shared<bool>(false);
  const auto as_markdown = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "One JSON object");
  command->add_flag("--markdown", *as_markdown, "The page docs/reference/config.md");
  session.add_config_flags(*command, every_key);
  command->callback([&session, as_json, as_markdown] {
    if (*as_markdown) return print_markdown();
    session.load_config();
    *as_json ? print_json(session.config()) : print_text(session.config());
  });
}

}  // namespace docmill::cli
