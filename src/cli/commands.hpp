// The commands: each adds itself to the program. Called before the command line is parsed; `session` outlives the
// parsing and holds the exit status afterwards.
#pragma once

#include "cli/command.hpp"

namespace docmill::cli {

class Session;

void add_run_command(Command program, Session& session);
void add_worker_command(Command program, Session& session);
void add_submit_command(Command program, Session& session);
void add_jobs_command(Command program, Session& session);
void add_status_command(Command program, Session& session);
void add_watch_command(Command program, Session& session);
void add_results_command(Command program, Session& session);
void add_control_commands(Command program, Session& session);  // cancel, pause, resume, retry, remove
void add_merge_command(Command program, Session& session);
void add_nodes_command(Command program, Session& session);
void add_doctor_command(Command program, Session& session);
void add_config_command(Command program, Session& session);
void add_options_command(Command program, Session& session);

// The whole program: returns its exit status.
int run_docmill(int argc, char** argv);

}  // namespace docmill::cli
