// docmill cancel, pause, resume, retry, remove JOB.
#include <array>
#include <boost/json.hpp>
#include <memory>

#include "cli/client_id.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/job_outputs.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

struct ControlFlags {
  QueueFlags queue;
  std::string job;
};

using Control = awaitable<std::string> (*)(Broker& broker, JobOutputs& outputs, JobStatus job);

awaitable<std::string> cancel_job(Broker& broker, JobOutputs& /*outputs*/, JobStatus job) {
  auto cancel_answer = co_await broker.cancel(job.id);
  or_stop(std::move(cancel_answer));
  co_return "cancelled; nothing of it runs any more, what is done stays";
}

awaitable<std::string> pause_job(Broker& broker, JobOutputs& /*outputs*/, JobStatus job) {
  auto pause_answer = co_await broker.pause(job.id);
  or_stop(std::move(pause_answer));
  co_return "paused; `docmill resume " + job.id.value + "` lets it go on";
}

awaitable<std::string> resume_job(Broker& broker, JobOutputs& /*outputs*/, JobStatus job) {
  auto resume_answer = co_await broker.resume(job.id);
  or_stop(std::move(resume_answer));
  co_return job.state == JobState::paused ? "goes on" : std::string(to_string(job.state)) + ", not paused";
}

awaitable<std::string> retry_job(Broker& broker, JobOutputs& /*outputs*/, JobStatus job) {
  constexpr int batch = 1'000;
  RequestId id;
  id.client = new_client_id();
  std::uint64_t total = 0;
  for (std::uint64_t some = 1; some > 0; total += some) {
    ++id.sequence;
    auto answer = co_await broker.retry_failed(id, job.id, batch);
    some = or_stop(std::move(answer));
  }
  co_return total == 0 ? "nothing of it failed"
                       : count_text(total, "document") +
                             " will be tried again, by a node that is at work there or by a repeated `docmill run`";
}

// The outputs first: whoever is interrupted finds the job again, and can go on. They are removed as well as can be.
awaitable<std::string> remove_job(Broker& broker, JobOutputs& outputs, JobStatus job) {
  std::string where;
  if (job.state == JobState::finished || job.state == JobState::cancelled) {
    auto removed = co_await outputs.remove_job(job.id);
    if (removed) where = *removed;
    if (!removed) complain("outputs of the job are left: " + removed.error().message);
  }
  for (bool gone = false; !gone;) {
    auto answer = co_await broker.remove(job.id);
    gone = or_stop(std::move(answer));
  }
  co_return where.empty() ? "removed from the queue; its outputs stay"
                          : "removed from the queue, and its outputs from " + where;
}

struct ControlCommand {
  const char* name;
  const char* help;
  Control run;
};
constexpr std::array controls{
    ControlCommand{"cancel", "Stop a job for good; what is done stays", cancel_job},
    ControlCommand{"pause", "Stop a job for a while", pause_job},
    ControlCommand{"resume", "Let a paused job go on", resume_job},
    ControlCommand{"retry", "Try the failed documents of a job again", retry_job},
    ControlCommand{"remove", "Forget a job that has ended, and what it left in the artifact store", remove_job}};

awaitable<int> control(Broker& broker, JobOutputs& outputs, std::string prefix, Control run, const char* name,
                       bool as_json) {
  const auto job = co_await find_job(broker, std::move(prefix));
  const auto said = co_await run(broker, outputs, job);
  if (as_json) {
    print_line(json::object{{"id", job.id.value}, {"command", name}, {"message", said}});
  } else {
    print("job " + job.id.value + ": " + said + "\n");
  }
  co_return all_done;
}

}  // namespace

void add_control_commands(Command program, Session& session) {
  for (const auto& row : controls) {
    auto command = program.add_command(row.name, row.help);
    const auto flags = std::make_shared<ControlFlags>();
    command.add_option("JOB", flags->job, "Id of the job, or the beginning of it").required();
    flags->queue.add_to(command, session);
    if (row.run == remove_job) session.add_config_flags(command, is_store_key);
    command.action([&session, &row, flags] {
      auto queue = flags->queue.open(session);
      JobOutputs outputs(queue, session, flags->queue.output);
      session.status = queue.drive(control(queue.broker(), outputs, flags->job, row.run, row.name, flags->queue.json));
    });
  }
}

}  // namespace docmill::cli
