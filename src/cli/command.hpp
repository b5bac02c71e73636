// The commands of a program and what each takes on the command line. CLI11 reads it; that library takes seconds to
// compile, wherever it is included, and so is seen only in command.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace docmill::cli {

// A flag, an option or an argument that was added to a command; says more of it. Refers to it, and is copied freely.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option required();
  // What the help calls its value: FILE.
  Option type_name(const std::string& name);
  // It takes only one of these values.
  Option one_of(const std::vector<std::string>& values);
  // The heading that the help shows it under.
  Option group(const std::string& heading);
  // Only one of the two may be given.
  Option excludes(Option other);

 private:
  CLI::Option* option_;
};

// A command, or what all commands share. Refers to it, and is copied freely. `flags` are "-o,--output", or a name
// without dashes for an argument that stands alone; `help` is its line in --help. Targets must outlive the parsing: a
// target is set, and a function called, when the option was given.
class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  Command add_command(const std::string& name, const std::string& help);
  // What --help says at the end.
  void footer(const std::string& text);
  // Runs when the command was given and everything on the command line is in order.
  void action(std::function<void()> function);

  Option add_flag(const std::string& flags, bool& target, const std::string& help);
  // The function gets how often the flag was given, less than zero for its negation ("--mark,!--no-mark").
  Option add_flag(const std::string& flags, std::function<void(std::int64_t)> function, const std::string& help);
  Option add_option(const std::string& flags, std::string& target, const std::string& help);
  Option add_option(const std::string& flags, std::function<void(const std::string&)> function,
                    const std::string& help);
  // Takes as many values as follow.
  Option add_list(const std::string& flags, std::vector<std::string>& target, const std::string& help);
  // Takes one value, and may be given again.
  Option add_repeated(const std::string& flags, std::vector<std::string>& target, const std::string& help);
  Option add_repeated(const std::string& flags, std::function<void(const std::vector<std::string>&)> function,
                      const std::string& help);

 private:
  CLI::App* app_;
};

// What is wrong with a command line: one sentence for the user.
class WrongCommandLine : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Program {
 public:
  // `version` is all that --version prints; `footer` is what its --help says at the end.
  Program(const std::string& name, const std::string& about, const std::string& version, const std::string& footer);
  ~Program();

  // Its options, which may also stand behind a command; and where its commands are added. One of them must be given.
  Command root() { return Command(*app_); }

  // Runs the action of the command given, or prints the --help or --version that was asked for. Throws
  // WrongCommandLine, and what the action throws.
  void run(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace docmill::cli
