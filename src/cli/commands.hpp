// The commands: each adds itself to the program. Called before the command line is parsed; `session` outlives the
// parsing and holds the exit status afterwards.
#pragma once

namespace CLI {
class App;
}

namespace docmill::cli {

class Session;

void add_run_command(CLI::App& app, Session& session);
void add_worker_command(CLI::App& app, Session& session);
void add_submit_command(CLI::App& app, Session& session);
void add_jobs_command(CLI::App& app, Session& session);
void add_status_command(CLI::App& app, Session& session);
void add_watch_command(CLI::App& app, Session& session);
void add_results_command(CLI::App& app, Session& session);
void add_control_commands(CLI::App& app, Session& session);  // cancel, pause, resume, retry, remove
void add_merge_command(CLI::App& app, Session& session);
void add_nodes_command(CLI::App& app, Session& session);
void add_doctor_command(CLI::App& app, Session& session);
void add_config_command(CLI::App& app, Session& session);
void add_options_command(CLI::App& app, Session& session);

// The whole program: returns its exit status.
int run_docmill(int argc, char** argv);

}  // namespace docmill::cli
