#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <vector>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/session.hpp"
#include "core/options.hpp"
#include "docmill_version.hpp"

namespace docmill::cli {
namespace {

constexpr const char* footer =
    "Exit status: 0 all done, 1 finished with documents that failed, 2 wrong usage or configuration, 130 interrupted.\n"
    "`docmill COMMAND --help` explains a command; `docmill doctor` looks whether everything is in place.";

// CLI11 says "The following argument was not expected"; a person wants to know what was meant.
std::string sentence(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments) {
  const bool no_command = app.get_subcommands().empty();
  if (no_command && !arguments.empty() && !arguments.front().starts_with('-')) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
    const std::vector<std::string_view> views(names.begin(), names.end());
    std::string text = "there is no command '" + arguments.front() + "'";
    if (const auto guess = nearest(arguments.front(), views)) text += "; did you mean '" + std::string(*guess) + "'?";
    return text;
  }
  std::string text = error.what();
  if (const auto newline = text.find('\n'); newline != std::string::npos) text.resize(newline);
  return text + (no_command ? "; see docmill --help"
                            : "; see docmill " + app.get_subcommands().front()->get_name() + " --help");
}

void add_commands(CLI::App& app, Session& session) {
  app.set_version_flag("--version", "docmill " DOCMILL_VERSION);
  app.add_option("--config", session.config_file, "Configuration file")->type_name("FILE");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(footer);
  const Command program(app);
  add_run_command(program, session);
  add_submit_command(program, session);
  add_worker_command(program, session);
  add_jobs_command(program, session);
  add_status_command(program, session);
  add_watch_command(program, session);
  add_results_command(program, session);
  add_control_commands(program, session);
  add_merge_command(program, session);
  add_nodes_command(program, session);
  add_doctor_command(program, session);
  add_config_command(program, session);
  add_options_command(program, session);
}

// A document may have a thousand outputs, all of them open until it is done, here and in its worker (which inherits
// this). The soft limit of 1,024 is for programs that use select().
void allow_as_many_files_as_the_system_does() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int run_docmill(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed stdout must not end the work
  allow_as_many_files_as_the_system_does();
  CLI::App app("docmill turns folders of documents into text and data", "docmill");
  Session session;
  add_commands(app, session);
  try {
    app.parse(argc, argv);
    return session.status;
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    complain(sentence(app, error, std::vector<std::string>(argv + std::min(argc, 1), argv + argc)));
    return wrong_usage;
  } catch (const Stop& stop) {
    complain(stop.what());
    return stop.status();
  } catch (const SystemError& error) {
    complain(error.what());
    return wrong_usage;
  } catch (const std::exception& error) {
    complain(std::string("internal error: ") + error.what());
    return wrong_usage;
  }
}

}  // namespace docmill::cli
