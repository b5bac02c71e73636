#include "cli/resume.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/ip/host_name.hpp>
#include <boost/json.hpp>

#include "cli/client_id.hpp"
#include "cli/console.hpp"
#include "cli/members.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "cli/submission.hpp"
#include "cli/validation_summary.hpp"
#include "core/needs.hpp"
#include "core/options.hpp"
#include "core/sha256.hpp"
#include "node/record.hpp"
#include "node/sources.hpp"
#include "node/tree_artifact_store.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr int rows_a_page = 1'000;
constexpr int retries_a_call = 1'000;

bool has_ended(const JobStatus& job) { return job.state == JobState::finished || job.state == JobState::cancelled; }

bool is_there(const std::filesystem::path& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

// The source as the record saw it is the source as it is now. What lies behind an address is not asked for again.
bool has_same_source(const json::object& record, const Input& input) {
  if (!is_local(input.name)) return true;
  const auto* const source = object_at(record, "source");
  if (source == nullptr) return false;
  const auto* bytes = source->if_contains("bytes");
  const auto modified = std::chrono::floor<Millis>(std::chrono::nanoseconds(input.modified_ns));
  return bytes != nullptr && bytes->is_number() && bytes->to_number<std::uint64_t>() == input.size &&
         text_at(*source, "modified") == iso_time(modified);
}

bool has_its_outputs(const json::object& record, const std::filesystem::path& output, std::string_view stem) {
  if (!is_there(output / artifact_path(stem, "json"))) return false;
  const auto* artifacts = record.if_contains("artifacts");
  if (artifacts == nullptr || !artifacts->is_array()) return true;
  return std::all_of(artifacts->get_array().begin(), artifacts->get_array().end(), [&](const json::value& artifact) {
    return artifact.is_object() && is_there(output / artifact_path(stem, text_at(artifact.get_object(), "name")));
  });
}

}  // namespace

std::string reserved_word(const std::filesystem::path& output) {
  constexpr std::size_t enough = 32;  // hexadecimal digits
  Sha256 hash;
  hash.add_field(boost::asio::ip::host_name());
  hash.add_field(std::filesystem::canonical(output).string());
  return "run:" + hash.hexadecimal().substr(0, enough);
}

std::string run_key(const RunRequest& request, const std::vector<Input>& inputs) {
  Sha256 hash;
  if (!request.reserved_word.empty()) hash.add_field(request.reserved_word);
  hash.add_field(request.pipeline);
  hash.add_field(json::serialize(without_secrets(request.options)));
  for (const auto& input : inputs) {
    hash.add_field(input.name);
    hash.add_field(std::to_string(input.size) + " " + std::to_string(input.modified_ns));
  }
  return hash.hexadecimal();
}

Resume::Resume(Broker& broker, RunRequest request, const std::vector<Input>& inputs)
    : broker_(broker), request_(std::move(request)), inputs_(inputs), verdicts_(inputs.size(), Verdict::unknown) {
  last_request_.client = new_client_id();
}

RequestId Resume::next_request() {
  ++last_request_.sequence;
  return last_request_;
}

awaitable<RunPlan> Resume::plan() {
  const auto key = run_key(request_, inputs_);
  co_await find_jobs();
  const auto is_mine = [&](const JobStatus& job) { return job.spec.idempotency_key.starts_with(key); };
  const auto mine = std::find_if(jobs_.begin(), jobs_.end(), is_mine);
  RunPlan plan;
  if (mine != jobs_.end()) {
    const bool adopted = co_await adopt_unfinished(*mine);
    if (adopted) {
      plan.job = mine->id;
      plan.goes_on = true;
      plan.done_in_job = mine->counters.done;
      plan.done_before = inputs_.size() - std::min<std::uint64_t>(inputs_.size(), mine->counters.total());
      co_return plan;
    }
  }
  co_await cancel_unfinished();
  co_await find_done();
  const auto count = [&](Verdict verdict) {
    return static_cast<std::uint64_t>(std::count(verdicts_.begin(), verdicts_.end(), verdict));
  };
  plan.partial_before = count(Verdict::partial);
  plan.done_before = count(Verdict::done) + plan.partial_before;
  for (const auto& [job, invalid] : invalid_in_) plan.invalid_before += invalid;
  if (plan.done_before == inputs_.size()) co_return plan;
  if (mine != jobs_.end()) {
    const bool only_failures = co_await only_failures_left(*mine);
    if (only_failures) {
      co_await retry(mine->id);
      plan.job = mine->id;
      plan.goes_on = true;
      plan.done_in_job = mine->counters.done;
      plan.done_before = inputs_.size() - mine->counters.total();
      plan.partial_before -= std::min(plan.partial_before, mine->partial);
      plan.invalid_before -= invalid_in_[mine->id.value];
      co_return plan;
    }
  }
  plan.job = co_await submit(key + "-" + std::to_string(std::count_if(jobs_.begin(), jobs_.end(), is_mine)));
  co_return plan;
}

awaitable<void> Resume::find_jobs() {
  jobs_ = co_await all_jobs(broker_);
  if (request_.reserved_word.empty()) co_return;
  std::erase_if(jobs_, [&](const JobStatus& job) { return job.spec.needs != Words{request_.reserved_word}; });
}

// Cancels nothing and submits nothing: the job is the same and is not at its end.
awaitable<bool> Resume::adopt_unfinished(const JobStatus& job) {
  const bool can_go_on = job.state == JobState::running || job.state == JobState::paused;
  if (!can_go_on || job.spec.options != json::serialize(request_.options)) co_return false;
  if (job.state == JobState::paused) {
    auto resumed = co_await broker_.resume(job.id);
    or_stop(std::move(resumed));
  }
  co_return true;
}

awaitable<void> Resume::cancel_unfinished() {
  for (auto& job : jobs_) {
    if (has_ended(job)) continue;
    auto cancel_answer = co_await broker_.cancel(job.id);
    or_stop(std::move(cancel_answer));
    auto answer = co_await broker_.status(job.id);
    job = or_stop(std::move(answer));
  }
}

bool Resume::has_same_options(const JobSpec& spec) const {
  boost::system::error_code error;
  const auto options = json::parse(spec.options, error);
  // Secrets decide only whether there is an output: another one is no reason to do everything again.
  return !error && options.is_object() && spec.pipeline == request_.pipeline &&
         without_secrets(options.get_object()) == without_secrets(request_.options);
}

awaitable<void> Resume::find_done() {
  if (!jobs_.empty()) {
    by_stem_.reserve(inputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) by_stem_.emplace(output_stem(inputs_[i].name), i);
  }
  for (const auto& job : jobs_) {  // newest first: the last word on a document counts
    if (has_same_options(job.spec) && job.counters.done > 0) co_await find_done_in(job);
  }
  std::replace(verdicts_.begin(), verdicts_.end(), Verdict::unknown, Verdict::to_do);
}

awaitable<void> Resume::find_done_in(const JobStatus& job) {
  std::unordered_map<std::uint64_t, std::string> names;
  for (std::uint64_t first = 0;;) {
    auto page_answer = co_await broker_.tasks(job.id, TaskState::done, first, rows_a_page);
    auto page = or_stop(std::move(page_answer));
    for (auto& task : page.tasks) names.emplace(task.index, std::move(task.document));
    if (page.next <= first || page.next >= job.counters.total()) break;
    first = page.next;
  }
  for (std::uint64_t cursor = 0;;) {
    auto page_answer = co_await broker_.results(job.id, cursor, rows_a_page);
    const auto page = or_stop(std::move(page_answer));
    if (page.rows.empty()) break;
    cursor = page.next;
    for (const auto& row : page.rows) {
      if (const auto name = names.find(row.index); name != names.end()) judge(job.id, name->second, row);
    }
  }
}

void Resume::judge(JobId job, std::string_view document, const ResultRow& row) {
  const auto found = by_stem_.find(output_stem(document));
  if (found == by_stem_.end() || verdicts_[found->second] != Verdict::unknown) return;
  const bool has_outputs = needs_source(request_.pipeline);
  boost::system::error_code error;
  const auto record = json::parse(row.result, error);
  const bool done = !error && record.is_object() &&
                    (!has_outputs || (has_same_source(record.get_object(), inputs_[found->second]) &&
                                      has_its_outputs(record.get_object(), request_.output, found->first)));
  verdicts_[found->second] = !done                             ? Verdict::to_do
                             : row.outcome == Outcome::partial ? Verdict::partial
                                                               : Verdict::done;
  if (done && is_invalid(record.get_object())) ++invalid_in_[job.value];
}

// Whether `job` failed at all that is left to do, with the same options to the letter.
awaitable<bool> Resume::only_failures_left(const JobStatus& job) {
  const auto to_do = static_cast<std::uint64_t>(std::count(verdicts_.begin(), verdicts_.end(), Verdict::to_do));
  if (job.state != JobState::finished || job.counters.failed != to_do) co_return false;
  if (job.spec.options != json::serialize(request_.options)) co_return false;
  for (std::uint64_t first = 0; first < job.counters.total();) {
    auto page_answer = co_await broker_.tasks(job.id, TaskState::failed, first, rows_a_page);
    const auto page = or_stop(std::move(page_answer));
    for (const auto& task : page.tasks) {
      const auto found = by_stem_.find(output_stem(task.document));
      if (found == by_stem_.end() || verdicts_[found->second] != Verdict::to_do) co_return false;
    }
    if (page.next <= first) break;
    first = page.next;
  }
  co_return true;
}

awaitable<void> Resume::retry(JobId job) {
  for (std::uint64_t some = 1; some > 0;) {
    const auto id = next_request();
    auto answer = co_await broker_.retry_failed(id, job, retries_a_call);
    some = or_stop(std::move(answer));
  }
}

awaitable<JobId> Resume::submit(std::string key) {
  CreateJob create;
  create.id = next_request();
  create.spec.name = request_.name;
  create.spec.pipeline = request_.pipeline;
  create.spec.options = json::serialize(request_.options);
  create.spec.retry = request_.retry;
  create.spec.needs = request_.reserved_word.empty() ? or_stop(needs_of(request_.pipeline, request_.options))
                                                     : Words{request_.reserved_word};
  create.spec.idempotency_key = key;
  create.spec.body_digest = key;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (verdicts_[i] == Verdict::to_do) names.push_back(inputs_[i].name);
  }
  const auto created = co_await submit_job(broker_, std::move(create), std::move(names));
  co_return created.job;
}

awaitable<void> take_back_leases(Broker& broker_with_late_clock) {
  for (const auto& job : co_await all_jobs(broker_with_late_clock)) {
    // Each call repairs a bounded number.
    for (auto left = job.counters.leased; left > 0;) {
      auto status_answer = co_await broker_with_late_clock.status(job.id);
      const auto status = or_stop(std::move(status_answer));
      if (status.counters.leased >= left) break;
      left = status.counters.leased;
    }
  }
}

}  // namespace docmill::cli
