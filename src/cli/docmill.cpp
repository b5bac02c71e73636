#include <sys/resource.h>

#include <csignal>
#include <exception>
#include <string>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/session.hpp"
#include "docmill_version.hpp"

namespace docmill::cli {
namespace {

constexpr const char* footer =
    "Exit status: 0 all done, 1 finished with documents that failed, 2 wrong usage or configuration, 130 interrupted.\n"
    "`docmill COMMAND --help` explains a command; `docmill doctor` looks whether everything is in place.";

void add_commands(Command program, Session& session) {
  program.add_option("--config", session.config_file, "Configuration file").type_name("FILE");
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
  Program program("docmill", "docmill turns folders of documents into text and data", "docmill " DOCMILL_VERSION,
                  footer);
  Session session;
  add_commands(program.root(), session);
  try {
    program.run(argc, argv);
    return session.status;
  } catch (const WrongCommandLine& wrong) {
    complain(wrong.what());
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
