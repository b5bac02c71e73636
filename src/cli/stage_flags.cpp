#include "cli/stage_flags.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "cli/session.hpp"
#include "system/option_file.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

struct ModeFlag {
  const char* flags;
  const char* mode;
  const char* help;
};
// The names that OCRmyPDF has for the modes.
constexpr std::array mode_flags{ModeFlag{"-f,--force-ocr", "force", "Same as --mode force"},
                                ModeFlag{"-s,--skip-text", "skip", "Same as --mode skip"},
                                ModeFlag{"--redo-ocr", "redo", "Same as --mode redo"}};

std::string long_flag(const OptionSpec& spec) {
  std::string flag = "--" + std::string(spec.flag.empty() ? spec.name : spec.flag);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string help_of(const OptionSpec& spec) {
  std::string help(spec.help);
  if (spec.type == OptionType::choice || spec.type == OptionType::list) help += " (" + std::string(spec.choices) + ")";
  return help + " [" + std::string(spec.default_value) + "]";
}

std::string group_of(const OptionSpec& spec) {
  // CLI11 shows no group without a name: noop is for measuring, `docmill options noop` has its options.
  if (spec.stage == "noop") return {};
  return spec.stage == every_stage ? "Options of every stage" : "Options of stage " + std::string(spec.stage);
}

json::value value_of(const OptionSpec& spec, const std::string& text) {
  if (spec.type != OptionType::file) return json::value(text);
  return json::value(or_stop(read_option_file(spec, text)));
}

}  // namespace

std::string stage_flag(const OptionSpec& spec) {
  return spec.letter == 0 ? long_flag(spec) : std::string("-") + spec.letter + "," + long_flag(spec);
}

std::shared_ptr<const json::object> add_stage_flags(Command command) {
  const auto given = std::make_shared<json::object>();
  std::optional<Option> mode;
  std::set<std::string_view> added;  // two stages may have an option of the same name
  for (const auto& spec : all_options()) {
    if (!added.insert(spec.name).second) continue;
    const auto take = [given, &spec](const std::string& text) { (*given)[spec.name] = value_of(spec, text); };
    const auto take_all = [given, &spec](const std::vector<std::string>& texts) {
      (*given)[spec.name] = json::array(texts.begin(), texts.end());
    };
    const auto set = [given, &spec](std::int64_t count) { (*given)[spec.name] = count > 0; };
    auto option = [&] {
      const auto flag = stage_flag(spec);
      switch (spec.type) {
        case OptionType::boolean:
          return command.add_flag(flag + ",!--no-" + long_flag(spec).substr(2), set, help_of(spec));
        case OptionType::texts:
          return command.add_repeated(flag, take_all, help_of(spec)).type_name("VALUE");
        default:
          return command.add_option(flag, take, help_of(spec)).type_name("VALUE");
      }
    }();
    option.group(group_of(spec));
    if (spec.name == "mode") mode = option;
  }
  for (const auto& flag : mode_flags) {
    const auto set = [given, &flag](std::int64_t /*count*/) { (*given)["mode"] = flag.mode; };
    auto option = command.add_flag(flag.flags, set, flag.help).group("Options of stage ocr");
    if (mode) option.excludes(*mode);
  }
  return given;
}

void add_stage_option(json::object& given, const std::string& name_and_value) {
  const auto equals = name_and_value.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Stop(wrong_usage, "--option '" + name_and_value + "' is not of the form NAME=VALUE");
  }
  const auto name = name_and_value.substr(0, equals);
  const auto text = name_and_value.substr(equals + 1);
  const auto specs = all_options();
  const auto spec = std::ranges::find(specs, std::string_view(name), &OptionSpec::name);
  given[name] = spec == specs.end() ? json::value(text) : value_of(*spec, text);
}

}  // namespace docmill::cli
