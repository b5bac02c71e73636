// The lease loop of a node: one call commits what is finished and takes what is next.
#include <algorithm>

#include "core/needs.hpp"
#include "node/node_core.hpp"
#include "runtime/timer.hpp"

namespace docmill {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_per_exchange = 1000;
constexpr std::chrono::milliseconds first_pause = 100ms;  // before a call is repeated; doubled each time
constexpr std::chrono::milliseconds longest_pause = 5s;
constexpr int repeats_when_stopped = 3;
constexpr int jobs_per_page = 100;

// Only now may the parts go: a merge whose commit did not arrive, or came too late, is run again by somebody.
bool ends_merge(const Finished& finished) {
  const auto& task = finished.work.task();
  if (task.kind != TaskKind::merge) return false;
  const auto& completion = finished.completion;
  return completion.kind == Completion::Kind::done ||
         (completion.kind == Completion::Kind::failed &&
          (!completion.retryable || task.attempt >= finished.work.lease->spec->retry.max_attempts));
}

}  // namespace

asio::awaitable<void> NodeCore::lease_loop() {
  while (true) {
    if (draining_) ledger_.release_waiting();
    const int want = wanted();
    if (ledger_.finished() > 0 || (want > 0 && !dry_)) {
      co_await exchange(want);
      dispatch();
      continue;
    }
    if (ledger_.empty() && slots_.empty()) {
      if (draining_) co_return;
      if (dry_ && options_.stop_when_idle) {
        const bool idle = co_await all_my_jobs_ended();
        if (idle) co_return;
      }
    }
    if (dry_) scouted_.notify();
    co_await rest();
    dispatch();  // tasks may wait again whose worker has ended
  }
}

// Until something has changed, or a pause is over.
asio::awaitable<void> NodeCore::rest() {
  if (!paused()) {
    co_await changed_.wait();
    co_return;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(pause_end_ - clock_.monotonic());
  static_cast<void>(co_await changed_.wait(left));
}

int NodeCore::wanted() const {
  if (draining_ || paused()) return 0;
  const int enough = options_.workers + lookahead(options_.workers, pace_);
  return std::clamp(enough - held(), 0, static_cast<int>(most_per_exchange));
}

// A slot for each task that waits, as far as there are any left.
void NodeCore::dispatch() {
  if (draining_ || paused()) return ledger_.release_waiting();
  const int idle = options_.workers - slot_count_;
  for (int count = std::min(idle, static_cast<int>(ledger_.waiting())); count > 0; --count) {
    const auto slot = slots_.emplace(slots_.end(), slot_context_);
    ++slot_count_;
    slot_group_.spawn(run_slot(slot));
  }
}

asio::awaitable<void> NodeCore::exchange(int want) {
  const auto batch = ledger_.next_batch(most_per_exchange);
  Exchange request;
  request.id = RequestId{id_.value, ++sequence_};
  request.node = id_;
  for (const auto& finished : batch) request.completions.push_back(finished.completion);
  request.want = want;
  // Nothing waited when we asked last. Workers that would be idle may do again what is slow elsewhere; no more tasks
  // than these workers, for what is held ahead of them would help nobody.
  if (const int idle = options_.workers - held(); starved_ && idle > 0) {
    request.want = std::min(want, idle);
    request.hedge_after = options_.hedge_after;
  }
  request.offers = options_.offers;
  request.lease_time = options_.lease_time;
  ExchangeReply reply = co_await ask_broker(request);
  account(batch, reply);
  ledger_.committed(batch);
  if (want > 0) dry_ = starved_ = reply.leases.empty() && !reply.more;
  for (auto& lease : reply.leases) ledger_.add(std::move(lease));
  if (resting_ && !ledger_.empty()) beat_.notify();
}

// Whether a call that failed so often is given up: only by a node that ends. What it does not report, or was given
// without hearing of it, runs again after its lease.
bool NodeCore::is_hopeless(const Exchange& request, int attempts) const {
  if (draining_ && request.completions.empty()) return true;
  const bool ends = stopped_ || (draining_ && clock_.monotonic() >= drain_end_);
  return ends && attempts >= repeats_when_stopped;
}

// Repeats the call, under its number, until the broker answers; so nothing is committed or leased twice.
asio::awaitable<ExchangeReply> NodeCore::ask_broker(const Exchange& request) {
  std::chrono::milliseconds pause = first_pause;
  for (int attempt = 1;; ++attempt) {
    const auto begun = clock_.monotonic();
    std::optional<Result<ExchangeReply>> reply;
    std::exception_ptr failure;
    std::string problem;
    try {
      reply = co_await broker_.exchange(request);
    } catch (const SystemError& error) {
      if (error.kind() == SystemError::Kind::misconfigured) throw;
      failure = std::current_exception();
      problem = error.what();
    }
    if (reply) {
      if (!*reply) throw SystemError(SystemError::Kind::misconfigured, "the broker refuses: " + reply->error().message);
      if (attempt == 1) pace_.round_trip_took(clock_.monotonic() - begun);
      if (broker_away_) observer_.notice("the broker answers again");
      broker_away_ = false;
      co_return std::move(**reply);
    }
    if (is_hopeless(request, attempt)) std::rethrow_exception(failure);
    if (attempt == 1) observer_.notice("the broker does not answer, asking again: " + problem);
    broker_away_ = true;
    co_await sleep_for(pause);
    pause = std::min(2 * pause, longest_pause);
  }
}

void NodeCore::account(const std::vector<Finished>& batch, const ExchangeReply& reply) {
  std::vector<bool> stale(batch.size(), false);
  for (const auto position : reply.stale) stale.at(position) = true;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (stale[i]) continue;
    done_ += batch[i].completion.kind == Completion::Kind::done ? 1U : 0U;
    failed_ += batch[i].completion.kind == Completion::Kind::failed ? 1U : 0U;
    observer_.task_finished(*batch[i].work.lease, batch[i].work.task(), batch[i].completion);
    if (!batch[i].failure_record.empty()) upkeep_group_.spawn(publish_failure(batch[i]));
    if (ends_merge(batch[i])) upkeep_group_.spawn(execution_.artifacts.remove_parts(batch[i].work.owner()));
  }
}

// Where the record cannot be put (something foreign stands there) the failure is told by the job's listing alone.
asio::awaitable<void> NodeCore::publish_failure(Finished finished) {
  const std::vector<std::string> nothing;
  const auto published =
      co_await execution_.artifacts.publish(finished.work.owner(), nothing, std::move(finished.failure_record));
  if (!published && published.error().code == ErrorCode::output_unavailable) {
    observer_.notice("the record of a failure cannot be written: " + published.error().message);
  }
}

asio::awaitable<bool> NodeCore::all_my_jobs_ended() {
  std::string after;
  do {
    JobPage page;
    try {
      page = co_await broker_.jobs(after, jobs_per_page);
    } catch (const SystemError& error) {
      if (error.kind() == SystemError::Kind::misconfigured) throw;
      co_return false;  // it will be asked again
    }
    for (const auto& job : page.jobs) {
      const bool ended = job.state == JobState::finished || job.state == JobState::cancelled;
      if (!ended && covers(options_.offers, job.spec.needs)) co_return false;
    }
    after = page.next;
  } while (!after.empty());
  co_return true;
}

// The last exchange: whatever is still held goes back, so that others need not wait for its expiry.
asio::awaitable<void> NodeCore::give_back() {
  ledger_.release_waiting();
  try {
    while (ledger_.finished() > 0) co_await exchange(0);
  } catch (const SystemError&) {
    if (!failure_) failure_ = std::current_exception();
  }
}

}  // namespace docmill
