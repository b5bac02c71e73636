#include "cli/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <optional>

#include "cli/console.hpp"
#include "cli/log.hpp"
#include "cli/session.hpp"
#include "node/node.hpp"
#include "runtime/event.hpp"
#include "runtime/task_group.hpp"
#include "system/outputs.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr Millis first_pause{500};  // before the queue is tried again; doubled each time
constexpr Millis longest_pause{10'000};
constexpr Millis output_pause{5'000};  // a full disk: before work is taken again

class NodeLog final : public NodeObserver {
 public:
  explicit NodeLog(Log& log) : log_(log) {}

  void task_finished(const Lease& lease, const LeasedTask& task, const Completion& completion) override {
    json::object fields{{"job", lease.job.value}, {"index", task.ref.index}, {"document", json_name(task.document)}};
    if (task.kind == TaskKind::part) fields["part"] = task.ref.part;
    switch (completion.kind) {
      case Completion::Kind::done:
        fields["outcome"] = to_string(completion.outcome);
        fields["pages"] = completion.pages;
        return log_.write(LogLevel::info, task.kind == TaskKind::merge ? "merged" : "done", fields);
      case Completion::Kind::split:
        fields["parts"] = completion.parts.size();
        return log_.write(LogLevel::info, "split", fields);
      case Completion::Kind::released:
        return log_.write(LogLevel::info, "given back", fields);
      case Completion::Kind::failed:
        fields["attempt"] = task.attempt;
        fields["error"] = error_json(completion.error);
        return log_.write(LogLevel::info, "failed", fields);
    }
  }
  void notice(const std::string& message) override {
    log_.write(LogLevel::warning, "notice", json::object{{"message", printable(message)}});
  }

 private:
  Log& log_;
};

class Worker {
 public:
  Worker(const WorkerOrder& order, const Config& config, NodeOptions options)
      : order_(order),
        config_(config),
        options_(std::move(options)),
        log_(config.text("log.format") == "json" ? LogFormat::json : LogFormat::text, log_level(config)),
        signals_(loop_, SIGINT, SIGTERM),
        told_to_end_(loop_.get_executor()) {}

  int operator()() {
    std::exception_ptr error;
    boost::asio::co_spawn(loop_, run(), [&](std::exception_ptr thrown) {
      error = thrown;
      loop_.stop();
    });
    loop_.run();
    if (error) std::rethrow_exception(error);
    return all_done;
  }

 private:
  awaitable<void> run() {
    Network network(loop_, config_);
    const auto store = network.open_store(config_, order_.data_directory);
    const auto fetcher = network.make_fetcher(config_);
    options_.fetcher = fetcher.get();
    const auto cache = open_page_cache(config_, order_.data_directory);
    options_.page_cache = cache.get();
    TaskGroup helpers(loop_.get_executor());
    helpers.spawn(heed_signals());
    std::exception_ptr error;
    try {
      co_await open_queue();
      if (ends_ == 0) co_await serve(*store);
    } catch (...) {
      error = std::current_exception();
    }
    helpers.cancel();
    co_await helpers.join();
    if (error) std::rethrow_exception(error);
  }

  // A server is reached by the first call only.
  awaitable<void> open_queue() {
    for (Millis pause = first_pause; ends_ == 0; pause = std::min(2 * pause, longest_pause)) {
      std::string problem;
      try {
        if (!broker_) broker_ = open_broker(loop_, clock_, config_, order_.queue);
        static_cast<void>(co_await broker_->nodes());
        co_return;
      } catch (const SystemError& error) {
        if (error.kind() == SystemError::Kind::misconfigured) throw;
        problem = error.what();
      }
      log_.write(LogLevel::warning, "queue away",
                 json::object{{"queue", order_.queue.shown()}, {"message", printable(problem)}});
      static_cast<void>(co_await told_to_end_.wait(pause));
    }
  }

  awaitable<void> serve(ArtifactStore& store) {
    NodeLog observer(log_);
    Node node(loop_, *broker_, store, clock_, options_, &observer);
    node_ = &node;
    log_.always("ready", json::object{{"node", node.id().value},
                                      {"workers", options_.workers},
                                      {"offers", join_words(options_.offers)},
                                      {"queue", order_.queue.shown()},
                                      {"outputs", artifact_place(config_, order_.data_directory)}});
    std::exception_ptr error;
    try {
      co_await node.run();
    } catch (...) {
      error = std::current_exception();
    }
    node_ = nullptr;
    if (error) std::rethrow_exception(error);
    const auto status = node.status();
    log_.always("ended", json::object{{"node", node.id().value}, {"done", status.done}, {"failed", status.failed}});
  }

  // Once: finish what runs. Twice: stop now.
  awaitable<void> heed_signals() {
    while (true) {
      co_await signals_.async_wait(boost::asio::use_awaitable);
      ++ends_;
      told_to_end_.notify();
      if (node_ == nullptr) continue;
      log_.always(ends_ == 1 ? "draining" : "stopping", json::object());
      ends_ == 1 ? node_->drain() : node_->stop();
    }
  }

  const WorkerOrder& order_;
  const Config& config_;
  NodeOptions options_;
  Log log_;
  SystemClock clock_;
  boost::asio::io_context loop_;
  std::unique_ptr<Broker> broker_;
  boost::asio::signal_set signals_;
  Event told_to_end_;
  Node* node_ = nullptr;  // while it runs
  int ends_ = 0;          // signals that have come
};

}  // namespace

int work(const WorkerOrder& order, const Config& config) {
  auto options = or_stop(node_options(config));
  options.output_pause = output_pause;
  options.offers = or_stop(worker_offers(config));
  Worker worker(order, config, std::move(options));
  return worker();
}

}  // namespace docmill::cli
