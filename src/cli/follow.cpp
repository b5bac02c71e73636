#include "cli/follow.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "cli/summary.hpp"
#include "runtime/timer.hpp"

namespace docmill::cli {
namespace {

// A call of a broker is not interrupted: so long Ctrl-C may have to wait.
constexpr Millis longest_watch{250};
// A busy job changes all the time.
constexpr Millis rest{100};

bool has_ended(const JobStatus& job) { return job.state == JobState::finished || job.state == JobState::cancelled; }

class Follow {
 public:
  Follow(Queue& queue, const FollowOrder& order)
      : broker_(queue.broker()),
        order_(order),
        view_(make_progress_view(order.style, order.level)),
        signals_(queue.loop(), SIGINT, SIGTERM) {
    order_.tell_begin();
    signals_.async_wait([this](const boost::system::error_code& error, int /*signal*/) { interrupted_ = !error; });
  }

  awaitable<int> run() {
    const auto begin = std::chrono::steady_clock::now();
    FigureKeeper keeper(0, 0, begin);
    auto answer = co_await broker_.status(order_.job);
    auto job = or_stop(std::move(answer));
    co_await look_for_nodes();
    while (true) {
      keeper.follow(job);
      view_->figures(keeper.at(std::chrono::steady_clock::now()));
      if (has_ended(job) || interrupted_) break;
      co_await sleep_for(rest);
      auto next = co_await broker_.watch(order_.job, job.version, longest_watch);
      job = or_stop(std::move(next));
    }
    view_->close();
    signals_.cancel();
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    co_return co_await conclude(job, seconds);
  }

 private:
  awaitable<void> look_for_nodes() {
    const auto nodes = co_await broker_.nodes();
    if (nodes.empty()) view_->notice("no node is at work on this queue; `docmill worker` starts one");
  }

  awaitable<int> conclude(const JobStatus& job, double seconds) {
    if (!has_ended(job)) {
      view_->notice("job " + job.id.value + " goes on without being watched; `docmill watch " + job.id.value +
                    "` follows it again");
      co_return interrupted;
    }
    RunSummary summary;
    summary.job = job.id.value;
    summary.documents = job.counters.total();
    summary.done = job.counters.done;
    summary.failed = job.counters.failed;
    summary.partial = job.partial;
    summary.left = job.counters.total() - job.counters.done - job.counters.failed;
    summary.cancelled = job.state == JobState::cancelled;
    summary.pages = job.pages;
    summary.seconds = seconds;
    co_await collect_troubles(broker_, job, summary);
    show_summary(summary, order_.style);
    co_return summary.exit_status();
  }

  Broker& broker_;
  const FollowOrder order_;
  const std::unique_ptr<ProgressView> view_;
  boost::asio::signal_set signals_;
  bool interrupted_ = false;
};

}  // namespace

int follow(Queue& queue, const FollowOrder& order) {
  Follow the_follow(queue, order);
  return queue.drive(the_follow.run());
}

}  // namespace docmill::cli
