#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace docmill::cli {

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

}  // namespace docmill::cli
