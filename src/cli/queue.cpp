#include "cli/queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>
#include <exception>
#include <optional>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "node/record.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int jobs_a_page = 100;

}  // namespace

fs::path state_directory(const fs::path& output) { return output / ".docmill"; }

QueuePlace queue_place(const Session& session, const std::string& output) {
  const auto& redis = session.config().value("redis.url");
  if (!output.empty() && redis.source == ConfigSource::flag) {
    throw Stop(wrong_usage, "-o names the queue in a directory and --redis one on a server: give one of them");
  }
  QueuePlace place;
  if (!output.empty()) {
    place.directory = state_directory(output);
  } else {
    place.redis_url = redis.text;
    place.directory = session.data_directory();
  }
  return place;
}

Queue::Queue(const Config& config, const QueuePlace& place, Missing missing) {
  if (!place.on_redis() && missing == Missing::refuse && !has_queue(place.directory)) {
    throw Stop(wrong_usage,
               "there is no queue in " + place.directory.string() +
                   "; -o DIR looks at the one of `docmill run -o DIR`, --data-dir at another, --redis at a "
                   "server's");
  }
  broker_ = open_broker(loop_, clock_, config, place);
}

int drive(boost::asio::io_context& loop, awaitable<int> task) {
  std::optional<int> status;
  std::exception_ptr error;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, int value) {
    error = thrown;
    status = value;
    loop.stop();
  });
  loop.restart();
  loop.run();
  if (error) std::rethrow_exception(error);
  DOCMILL_ASSERT(status.has_value());
  return *status;
}

bool is_queue_key(const ConfigKey& key) { return key.section == "redis" || key.name() == "store.data_dir"; }

void QueueFlags::add_to(Command command, Session& session) {
  command.add_option("-o,--output", output, "Output directory of the `docmill run` that is meant").type_name("DIR");
  command.add_flag("--json", json, "JSON, one object per line");
  session.add_config_flags(command, is_queue_key);
}

Queue QueueFlags::open(Session& session) const {
  session.load_config();
  return Queue(session.config(), queue_place(session, output));
}

awaitable<std::vector<JobStatus>> all_jobs(Broker& broker) {
  std::vector<JobStatus> jobs;
  std::string after;
  do {
    JobPage page = co_await broker.jobs(after, jobs_a_page);
    std::move(page.jobs.begin(), page.jobs.end(), std::back_inserter(jobs));
    after = page.next;
  } while (!after.empty());
  co_return jobs;
}

awaitable<JobStatus> find_job(Broker& broker, std::string prefix) {
  if (prefix.empty()) throw Stop(wrong_usage, "JOB is empty; `docmill jobs` lists the jobs");
  std::vector<JobStatus> fitting;
  for (auto& job : co_await all_jobs(broker)) {
    if (job.id.value == prefix) co_return job;
    if (job.id.value.starts_with(prefix)) fitting.push_back(std::move(job));
  }
  if (fitting.empty()) throw Stop(wrong_usage, "there is no job " + prefix + "; `docmill jobs` lists them");
  if (fitting.size() > 1) {
    throw Stop(wrong_usage, "several jobs begin with " + prefix + ", among them " + fitting[0].id.value + " and " +
                                fitting[1].id.value);
  }
  co_return fitting.front();
}

json::object job_json(const JobStatus& job) {
  const auto& counts = job.counters;
  json::object documents{{"total", counts.total()},       {"waiting", counts.waiting}, {"leased", counts.leased},
                         {"retrying", counts.retrying},   {"done", counts.done},       {"failed", counts.failed},
                         {"cancelled", counts.cancelled}, {"partial", job.partial}};
  json::object object{{"id", job.id.value},
                      {"name", document_as_text(job.spec.name)},
                      {"pipeline", job.spec.pipeline},
                      {"state", to_string(job.state)},
                      {"priority", to_string(job.spec.priority)},
                      {"documents", std::move(documents)},
                      {"pages", job.pages},
                      {"created_at", iso_time(job.created_at)}};
  if (job.finished_at.count() > 0) object["finished_at"] = iso_time(job.finished_at);
  return object;
}

std::string progress_text(const JobStatus& job) {
  const auto& counts = job.counters;
  std::string text = number_text(counts.done) + " of " + count_text(counts.total(), "document") + " done";
  const auto add = [&](std::uint64_t number, const char* what) {
    if (number > 0) text += ", " + number_text(number) + " " + what;
  };
  add(counts.failed, "failed");
  add(job.partial, "partial");
  add(counts.leased, "running");
  add(counts.waiting, "waiting");
  add(counts.retrying, "to be tried again");
  add(counts.cancelled, "cancelled");
  return text + "; " + count_text(job.pages, "page");
}

}  // namespace docmill::cli
