// docmill status JOB, docmill watch JOB: how far a job is, once or until it ends.
#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "cli/waiting.hpp"
#include "node/record.hpp"

namespace docmill::cli {
namespace {

struct StatusFlags {
  QueueFlags queue;
  std::string job;
};

std::shared_ptr<StatusFlags> add_flags(Command command, Session& session) {
  auto flags = std::make_shared<StatusFlags>();
  command.add_option("JOB", flags->job, "Id of the job, or the beginning of it").required();
  flags->queue.add_to(command, session);
  return flags;
}

bool has_ended(const JobStatus& job) { return job.state == JobState::finished || job.state == JobState::cancelled; }

int exit_status(const JobStatus& job) {
  return has_ended(job) && (job.counters.failed > 0 || job.partial > 0) ? with_failures : all_done;
}

void print_status(const JobStatus& job, const std::optional<std::string>& waits_for) {
  print("job       " + job.id.value + "\n");
  if (!job.spec.name.empty()) print("name      " + printable(job.spec.name) + "\n");
  print("pipeline  " + job.spec.pipeline + "\nstate     " + std::string(to_string(job.state)) + "\ndocuments " +
        progress_text(job) + "\ncreated   " + iso_time(job.created_at) + "\n");
  if (waits_for) print("waits for " + *waits_for + "\n");
  if (job.finished_at.count() > 0) print("ended     " + iso_time(job.finished_at) + "\n");
}

awaitable<int> show_status(Broker& broker, std::string prefix, bool as_json) {
  const auto job = co_await find_job(broker, std::move(prefix));
  const auto nodes = co_await broker.nodes();
  const auto waits_for = what_it_waits_for(job, nodes);
  if (as_json) {
    auto object = job_json(job);
    if (waits_for) object["waits_for"] = *waits_for;
    print_line(object);
  } else {
    print_status(job, waits_for);
  }
  co_return exit_status(job);
}

awaitable<int> watch_job(Broker& broker, std::string prefix, bool as_json) {
  auto job = co_await find_job(broker, std::move(prefix));
  std::uint64_t shown = 0;
  for (bool first = true;; first = false) {
    if (first || job.version != shown) {
      shown = job.version;
      if (!(as_json ? print_line(job_json(job))
                    : print(std::string(to_string(job.state)) + ": " + progress_text(job) + "\n"))) {
        break;
      }
    }
    if (has_ended(job)) break;
    auto next = co_await broker.watch(job.id, job.version, Millis(10'000));
    job = or_stop(std::move(next));
  }
  co_return exit_status(job);
}

}  // namespace

void add_status_command(Command program, Session& session) {
  auto command = program.add_command("status", "Show how far a job is");
  const auto flags = add_flags(command, session);
  command.action([&session, flags] {
    auto queue = flags->queue.open(session);
    session.status = queue.drive(show_status(queue.broker(), flags->job, flags->queue.json));
  });
}

void add_watch_command(Command program, Session& session) {
  auto command = program.add_command("watch", "Show how a job goes on, until it ends");
  const auto flags = add_flags(command, session);
  command.action([&session, flags] {
    auto queue = flags->queue.open(session);
    session.status = queue.drive(watch_job(queue.broker(), flags->job, flags->queue.json));
  });
}

}  // namespace docmill::cli
