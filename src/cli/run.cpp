#include "cli/run.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <optional>
#include <set>

#include "cli/console.hpp"
#include "cli/host_facts.hpp"
#include "cli/output_lock.hpp"
#include "cli/queue.hpp"
#include "cli/resume.hpp"
#include "cli/run_observer.hpp"
#include "cli/session.hpp"
#include "cli/submission.hpp"
#include "cli/summary.hpp"
#include "core/language.hpp"
#include "core/option_rules.hpp"
#include "node/node.hpp"
#include "node/sources.hpp"
#include "node/tree_artifact_store.hpp"
#include "runtime/task_group.hpp"
#include "system/outputs.hpp"
#include "system/parts.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr Millis redraw_every{100};
constexpr Millis look_every{250};  // at the job's counters

// A clock on which every lease that a dead process left has expired.
class LateClock final : public Clock {
 public:
  explicit LateClock(Millis lease_time) : late_by_(lease_time + Millis(1)) {}
  TimePoint now() const override { return clock_.now() + late_by_; }

 private:
  SystemClock clock_;
  Millis late_by_;
};

// With --overwrite, what would be written over an input of this run is left out and told: inputs are never modified.
void spare_inputs(InputList& list, const RunOrder& order) {
  const auto* formats = order.options.if_contains("format");
  if (!order.overwrite || formats == nullptr || !formats->is_array()) return;
  using FileId = std::pair<dev_t, ino_t>;
  const auto id_of = [](const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? FileId(info.st_dev, info.st_ino) : FileId(0, 0);
  };
  std::set<FileId> inputs;
  for (const auto& input : list.documents) inputs.insert(id_of(input.name));
  inputs.erase(FileId(0, 0));
  std::erase_if(list.documents, [&](const Input& input) {
    for (const auto& format : formats->get_array()) {
      const auto path = (fs::path(order.inputs.output) /
                         artifact_path(output_stem(input.name), std::string_view(format.get_string())))
                            .string();
      if (!inputs.contains(id_of(path))) continue;
      InputProblem problem{plain_path(input.name), fail(ErrorCode::output_exists, path + " is an input of this run")};
      list.problems.push_back(std::move(problem));
      return true;
    }
    return false;
  });
}

// A language that is missing is told once, before a million documents fail for it.
void require_languages(const RunOrder& order, const Config& config) {
  const auto* const languages = order.options.if_contains("language");
  if (!has_stage(order.pipeline, "ocr") || languages == nullptr) return;
  const auto here = tesseract_languages();
  for (const auto& model : or_stop(engine_languages(std::string_view(languages->as_string())))) {
    if (std::ranges::binary_search(here.names, model)) continue;
    // Tesseract may look elsewhere: the worker knows.
    const auto offers = or_stop(worker_offers(config));
    if (std::ranges::find(offers, "lang:" + model) != offers.end()) continue;
    throw Stop(wrong_usage, missing_language(model, here.directory).message);
  }
}

// One run, from the plan to the summary. Lives on one event loop.
class Run {
 public:
  Run(const RunOrder& order, const Config& config, InputList inputs)
      : order_(order),
        config_(config),
        output_(fs::absolute(order.inputs.output).lexically_normal()),
        state_(state_directory(output_)),
        lock_(state_),
        place_{order.redis_url, state_},
        inputs_(std::move(inputs)),
        view_(make_progress_view(order.style, log_level(config))),
        signals_(loop_, SIGINT, SIGTERM),
        ticker_(loop_) {}

  int operator()() {
    const auto begin = clock_.monotonic();
    plan();
    if (plan_.job) work();
    summary_.seconds = std::chrono::duration<double>(clock_.monotonic() - begin).count();
    finish();
    return interrupts_ > 0 ? interrupted : summary_.exit_status();
  }

 private:
  // Runs one coroutine on the loop to its end.
  void drive(awaitable<void> task) {
    std::exception_ptr error;
    boost::asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr thrown) {
      error = thrown;
      loop_.stop();
    });
    loop_.restart();
    loop_.run();
    if (error) std::rethrow_exception(error);
  }

  void plan() {
    const LateClock late(config_.duration("lease.time"));
    if (!place_.on_redis() && has_queue(state_)) {
      auto broker = with_history(open_broker(loop_, late, state_), clock_, config_);
      drive(take_back_leases(*broker));
    }
    broker_ = open_broker(loop_, clock_, config_, place_);
    drive(find_plan());
    if (order_.style == ProgressStyle::json) tell_plan();
  }

  awaitable<void> find_plan() {
    RunRequest request;
    request.output = output_;
    request.name = job_name(inputs_.documents.front().name, inputs_.documents.size());
    request.pipeline = order_.pipeline;
    request.options = order_.options;
    request.retry = retry_policy(config_);
    if (place_.on_redis()) request.reserved_word = reserved_word(output_);
    Resume resume(*broker_, std::move(request), inputs_.documents);
    plan_ = co_await resume.plan();
  }

  void tell_plan() {
    print_line(json::object{{"event", "job"},
                            {"job", plan_.job ? plan_.job->value : ""},
                            {"goes_on", plan_.goes_on},
                            {"documents", inputs_.documents.size()},
                            {"done_already", plan_.done_before + plan_.done_in_job},
                            {"skipped", inputs_.skipped},
                            {"output", json_name(output_.string())}});
  }

  void work() {
    if (!plan_.goes_on) {  // the lock is ours: parts of earlier jobs are wanted by nobody
      std::error_code ignored;
      fs::remove_all(state_ / "parts", ignored);
    }
    TreeStoreOptions tree;
    tree.output = output_;
    tree.state = state_;
    tree.path_of = [](const std::string& document) { return std::string(output_stem(document)); };
    tree.overwrite = order_.overwrite;
    tree.durable = config_.text("store.durable") == "true";
    TreeArtifactStore store(std::move(tree));
    auto options = node_options_here();
    const auto cache = open_page_cache(config_, state_);
    options.page_cache = cache.get();
    std::optional<Network> network;  // its threads only where something is to be fetched
    std::unique_ptr<SourceFetcher> fetcher;
    const auto is_address = [](const Input& input) { return !is_local(input.name); };
    if (std::any_of(inputs_.documents.begin(), inputs_.documents.end(), is_address)) {
      network.emplace(loop_, config_);
      fetcher = network->make_fetcher(config_);
      options.fetcher = fetcher.get();
    }
    FigureKeeper keeper(plan_.done_before, plan_.partial_before, std::chrono::steady_clock::now());
    RunObserver observer(keeper, *view_);
    Node node(loop_, *broker_, store, clock_, options, &observer);
    drive(run_node(node, keeper));
    view_->close();
    summary_.pages = keeper.at(std::chrono::steady_clock::now()).pages;
    summary_.remembered = cache ? cache->hits() : 0;
  }

  NodeOptions node_options_here() const {
    auto options = or_stop(node_options(config_));
    options.stop_when_idle = true;
    if (place_.on_redis()) {
      options.offers = {reserved_word(output_)};
      // The lock is ours, so whoever else holds a task of this run is dead: it need not wait for that lease to expire.
      options.hedge_after = Millis(1);
    }
    return options;
  }

  awaitable<void> run_node(Node& node, FigureKeeper& keeper) {
    TaskGroup helpers(loop_.get_executor());
    helpers.spawn(heed_signals(node));
    helpers.spawn(look_at_job(keeper));
    helpers.spawn(show_figures(keeper));
    std::exception_ptr error;
    try {
      co_await node.run();
    } catch (...) {
      error = std::current_exception();
    }
    running_ = false;
    helpers.cancel();
    co_await helpers.join();
    if (error) std::rethrow_exception(error);
  }

  // Once: finish what runs. Twice: stop now.
  awaitable<void> heed_signals(Node& node) {
    while (running_) {
      co_await signals_.async_wait(boost::asio::use_awaitable);
      if (++interrupts_ == 1) {
        view_->notice("finishing what runs; once more stops now");
        node.drain();
      } else {
        node.stop();
      }
    }
  }

  awaitable<void> look_at_job(FigureKeeper& keeper) {
    boost::asio::steady_timer timer(loop_);
    while (running_) {
      std::optional<Result<JobStatus>> status;
      try {
        status = co_await broker_->status(*plan_.job);
      } catch (const SystemError& error) {
        if (error.kind() == SystemError::Kind::misconfigured) throw;  // else the node says so, and waits
      }
      if (status && !*status)
        throw Stop(wrong_usage, "job " + plan_.job->value + " was removed while it was worked on");
      if (status) keeper.job(**status);
      timer.expires_after(look_every);
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
  }

  awaitable<void> show_figures(FigureKeeper& keeper) {
    while (running_) {
      ticker_.expires_after(redraw_every);
      co_await ticker_.async_wait(boost::asio::use_awaitable);
      view_->figures(keeper.at(std::chrono::steady_clock::now()));
    }
  }

  void finish() {
    summary_.queue_flags =
        place_.on_redis() ? " --redis " + without_secrets(place_.redis_url) : " -o " + order_.inputs.output;
    summary_.documents = inputs_.documents.size();
    summary_.done_before = plan_.done_before + plan_.done_in_job;
    summary_.done = plan_.done_before;
    summary_.partial = plan_.partial_before;
    summary_.invalid_before = plan_.invalid_before;
    summary_.problems = inputs_.problems;
    if (plan_.job) drive(count_job());
    show_summary(summary_, order_.style);
  }

  awaitable<void> count_job() {
    auto job_answer = co_await broker_->status(*plan_.job);
    const auto job = or_stop(std::move(job_answer));
    summary_.job = job.id.value;
    summary_.done += job.counters.done;
    summary_.failed = job.counters.failed;
    summary_.partial += job.partial;
    summary_.left = job.counters.total() - job.counters.done - job.counters.failed;
    summary_.cancelled = job.state == JobState::cancelled;
    co_await collect_troubles(*broker_, job, summary_);
    co_await sum_up_records(job.id);
  }

  // All summaries in one walk: a job may have a million records.
  awaitable<void> sum_up_records(JobId job) {
    if (has_stage(order_.pipeline, "validation")) summary_.validation.emplace();
    if (wants_pdfa(order_.options)) summary_.pdfa.emplace();
    if (has_stage(order_.pipeline, "nlp")) summary_.texts.emplace();
    if (!summary_.validation && !summary_.pdfa && !summary_.texts) co_return;
    const VisitDone add = [this](const Verdict& done) {
      if (summary_.validation) summary_.validation->add(done.document, done.record);
      if (summary_.pdfa) summary_.pdfa->add(done.document, done.record);
      if (summary_.texts) summary_.texts->add(done.document, done.record);
    };
    co_await visit_done(*broker_, job, add);
  }

  const RunOrder& order_;
  const Config& config_;
  const fs::path output_;
  const fs::path state_;
  const OutputLock lock_;
  const QueuePlace place_;
  const InputList inputs_;
  SystemClock clock_;
  boost::asio::io_context loop_;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<ProgressView> view_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer ticker_;
  RunPlan plan_;
  RunSummary summary_;
  bool running_ = true;
  int interrupts_ = 0;
};

}  // namespace

int run(const RunOrder& order, const Config& config) {
  or_stop(find_worker(config));  // before anything is made
  require_languages(order, config);
  auto inputs = or_stop(list_inputs(order.inputs));
  spare_inputs(inputs, order);
  if (inputs.documents.empty()) throw Stop(with_failures, inputs.problems.front().error.message);
  Run the_run(order, config, std::move(inputs));
  return the_run();
}

}  // namespace docmill::cli
