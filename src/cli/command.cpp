#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "core/options.hpp"

namespace docmill::cli {
namespace {

std::string suggestion(std::string_view name, const std::vector<std::string>& names) {
  return meant(name, std::vector<std::string_view>(names.begin(), names.end()));
}

// "--name" of each option that may stand behind the command given, or before it.
std::vector<std::string> long_flags(const CLI::App& app) {
  std::vector<std::string> flags;
  const auto add = [&](const CLI::App& owner) {
    for (const auto* option : owner.get_options()) {
      for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
    }
  };
  add(app);
  for (const auto* command : app.get_subcommands()) add(*command);
  return flags;
}

// The first option that nobody knows; empty: there is none.
std::string unknown_flag(const std::vector<std::string>& flags, const std::vector<std::string>& arguments) {
  for (const auto& argument : arguments) {
    if (argument == "--") break;
    const auto flag = argument.substr(0, argument.find('='));
    if (flag.starts_with("--") && std::find(flags.begin(), flags.end(), flag) == flags.end()) return flag;
  }
  return {};
}

// CLI11 says "The following argument was not expected"; a person wants to know what was meant.
std::string sentence(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments) {
  const bool no_command = app.get_subcommands().empty();
  if (no_command && !arguments.empty() && !arguments.front().starts_with('-')) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
    return "there is no command '" + arguments.front() + "'" + suggestion(arguments.front(), names);
  }
  if (no_command && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return "no command was given; see " + app.get_name() + " --help";
  }
  std::string text = error.what();
  if (const auto newline = text.find('\n'); newline != std::string::npos) text.resize(newline);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const auto flags = long_flags(app);
    const auto flag = unknown_flag(flags, arguments);
    if (!flag.empty()) text = "there is no option '" + flag + "'" + suggestion(flag, flags);
  }
  std::string help = app.get_name();
  if (!no_command) help += " " + app.get_subcommands().front()->get_name();
  return text + "; see " + help + " --help";
}

}  // namespace

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option Option::one_of(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option Option::group(const std::string& heading) {
  option_->group(heading);
  return *this;
}

Option Option::excludes(Option other) {
  option_->excludes(other.option_);
  return *this;
}

Command Command::add_command(const std::string& name, const std::string& help) {
  return Command(*app_->add_subcommand(name, help));
}

void Command::footer(const std::string& text) { app_->footer(text); }

void Command::action(std::function<void()> function) { app_->callback(std::move(function)); }

Option Command::add_flag(const std::string& flags, bool& target, const std::string& help) {
  return Option(*app_->add_flag(flags, target, help));
}

Option Command::add_flag(const std::string& flags, std::function<void(std::int64_t)> function,
                         const std::string& help) {
  return Option(*app_->add_flag_function(flags, std::move(function), help));
}

Option Command::add_option(const std::string& flags, std::string& target, const std::string& help) {
  return Option(*app_->add_option(flags, target, help));
}

Option Command::add_option(const std::string& flags, std::function<void(const std::string&)> function,
                           const std::string& help) {
  return Option(*app_->add_option_function<std::string>(flags, function, help));
}

Option Command::add_list(const std::string& flags, std::vector<std::string>& target, const std::string& help) {
  return Option(*app_->add_option(flags, target, help));
}

Option Command::add_repeated(const std::string& flags, std::vector<std::string>& target, const std::string& help) {
  return Option(*app_->add_option(flags, target, help)->allow_extra_args(false));
}

Option Command::add_repeated(const std::string& flags, std::function<void(const std::vector<std::string>&)> function,
                             const std::string& help) {
  auto* const option = app_->add_option_function<std::vector<std::string>>(flags, function, help);
  return Option(*option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

Program::Program(const std::string& name, const std::string& about, const std::string& version,
                 const std::string& footer)
    : app_(std::make_unique<CLI::App>(about, name)) {
  app_->set_version_flag("--version", version);
  app_->require_subcommand(1);
  app_->fallthrough();
  app_->footer(footer);
}

Program::~Program() = default;

void Program::run(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    app_->exit(asked);
  } catch (const CLI::ParseError& error) {
    throw WrongCommandLine(sentence(*app_, error, std::vector<std::string>(argv + std::min(argc, 1), argv + argc)));
  }
}

}  // namespace docmill::cli
