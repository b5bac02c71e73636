// docmill options STAGE: the options of a stage, from the table that everything else reads.
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/session.hpp"
#include "cli/stage_flags.hpp"
#include "core/options.hpp"
#include "core/options_schema.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

std::string range_of(const OptionSpec& spec) {
  switch (spec.type) {
    case OptionType::boolean:
      return "true|false";
    case OptionType::integer:
    case OptionType::number: {
      const auto number = [](double value) { return std::to_string(static_cast<long long>(value)); };
      return number(spec.minimum) + " to " + number(spec.maximum);
    }
    case OptionType::list:
      return "list of " + std::string(spec.choices);
    case OptionType::texts:
      return "list of texts";
    case OptionType::choice:
      return std::string(spec.choices);
    case OptionType::file:
      return "file";
    case OptionType::pages:
      return "pages";
    case OptionType::size:
      return "size, like 10MB";
    case OptionType::text:
      break;
  }
  return "text";
}

void print_text(const OptionSpec& spec) {
  print(stage_flag(spec) + "\n    " + std::string(spec.help) + "\n    " + range_of(spec) + "; default " +
        std::string(spec.default_value) + "\n");
}

void print_json(const OptionSpec& spec) {
  print_line(json::object{{"stage", spec.stage},
                          {"name", spec.name},
                          {"flag", stage_flag(spec)},
                          {"values", range_of(spec)},
                          {"default", json::parse(spec.default_value)},
                          {"help", spec.help}});
}

void print_markdown(const OptionSpec& spec) {
  std::string values = range_of(spec);
  for (std::size_t at = 0; (at = values.find('|', at)) != std::string::npos; at += 2) values.insert(at, "\\");
  print("| `" + stage_flag(spec) + "` | `" + std::string(spec.name) + "` | " + values + " | `" +
        std::string(spec.default_value) + "` | " + std::string(spec.help) + " |\n");
}

struct OptionsFlags {
  std::string pipeline;
  bool json = false;
  bool markdown = false;
  bool schema = false;
  bool openapi = false;
};

void show(const OptionsFlags& flags) {
  const auto stages = or_stop(parse_pipeline(flags.pipeline));
  if (flags.schema || flags.openapi) {
    print_line(flags.schema ? options_schema(stages) : options_openapi(stages));
    return;
  }
  if (flags.markdown) print("| flag | in JSON | values | default | meaning |\n| --- | --- | --- | --- | --- |\n");
  for (const auto& spec : all_options()) {
    const auto applies = [&](const std::string& name) { return applies_to(spec, name); };
    if (std::none_of(stages.begin(), stages.end(), applies)) continue;
    (flags.json ? print_json : flags.markdown ? print_markdown : print_text)(spec);
  }
}

}  // namespace

void add_options_command(Command program, Session& /*session*/) {
  auto command = program.add_command("options", "Show the options of a stage");
  const auto flags = std::make_shared<OptionsFlags>();
  command.add_option("STAGE", flags->pipeline, "The stage, or stages with commas, for example ocr").required();
  auto as_json = command.add_flag("--json", flags->json, "One JSON object per line");
  auto as_table = command.add_flag("--markdown", flags->markdown, "A table for the documentation");
  auto as_schema = command.add_flag("--schema", flags->schema, "The JSON schema of a job's options");
  as_schema.excludes(as_json).excludes(as_table);
  command.add_flag("--openapi", flags->openapi, "The same as a component of an OpenAPI description")
      .excludes(as_json)
      .excludes(as_table)
      .excludes(as_schema);
  as_table.excludes(as_json);
  command.action([flags] { show(*flags); });
}

}  // namespace docmill::cli
