// docmill jobs: all jobs of a queue, newest first.
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "node/record.hpp"

namespace docmill::cli {
namespace {

awaitable<int> list_jobs(Broker& broker, bool as_json) {
  const auto jobs = co_await all_jobs(broker);
  if (jobs.empty() && !as_json) print("no jobs\n");
  for (const auto& job : jobs) {
    const bool read =
        as_json ? print_line(job_json(job))
                : print(job.id.value + "  " + iso_time(job.created_at) + "  " + std::string(to_string(job.state)) +
                        "  " + job.spec.pipeline + "  " + progress_text(job) + "\n");
    if (!read) break;
  }
  co_return all_done;
}

}  // namespace

void add_jobs_command(Command program, Session& session) {
  auto command = program.add_command("jobs", "List the jobs of a queue, newest first");
  const auto flags = std::make_shared<QueueFlags>();
  flags->add_to(command, session);
  command.action([&session, flags] {
    auto queue = flags->open(session);
    session.status = queue.drive(list_jobs(queue.broker(), flags->json));
  });
}

}  // namespace docmill::cli
