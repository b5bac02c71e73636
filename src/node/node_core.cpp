#include "node/node_core.hpp"

#include <unistd.h>

#include <array>

#include "docmill_version.hpp"
#include "runtime/random.hpp"
#include "runtime/timer.hpp"

namespace docmill {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds supervision_interval = 100ms;
constexpr std::chrono::milliseconds registration_interval = 10s;
constexpr std::chrono::milliseconds news_interval = 2s;  // when there is something new to show
// Brokers announce new work; a retry that falls due or a lease that expires is found by asking.
constexpr std::chrono::milliseconds longest_wait_for_work = 1s;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

}  // namespace

NodeCore::NodeCore(const asio::any_io_executor& loop, Broker& broker, ArtifactStore& artifacts, WorkerPool& pool,
                   const Clock& clock, NodeOptions options, NodeObserver* observer)
    : loop_(loop),
      broker_(broker),
      pool_(pool),
      clock_(clock),
      options_(std::move(options)),
      observer_(observer != nullptr ? *observer : silent_),
      id_{"node-" + random_name(12)},
      changed_(loop),
      beat_(loop),
      supervised_(loop),
      scouted_(loop),
      execution_{options_, artifacts, clock},
      slot_context_{execution_, pool_, ledger_, pace_, observer_, changed_, slot_count_},
      slot_group_(loop),
      scout_group_(loop),
      upkeep_group_(loop) {
  info_.id = id_;
  info_.host = host_name();
  info_.pid = static_cast<int>(::getpid());
  info_.version = DOCMILL_VERSION;
  info_.started_at = clock_.now();
  info_.offers = options_.offers;
}

asio::awaitable<void> NodeCore::run() {
  scout_group_.spawn(scout());
  upkeep_group_.spawn(heartbeat());
  upkeep_group_.spawn(supervise());
  // The head of the node: however the lease loop ends, children are reaped and leases given back.
  try {
    co_await lease_loop();
  } catch (const SystemError& error) {
    // Who was told to end and holds nothing may end, whether the broker answers or not.
    const bool well = draining_ && ledger_.empty() && error.kind() == SystemError::Kind::unavailable;
    if (!well) fail(std::current_exception());
  } catch (...) {
    fail(std::current_exception());
  }
  stop();
  co_await slot_group_.join();
  co_await pool_.close();
  co_await give_back();
  ended_ = true;
  scout_group_.cancel();
  scouted_.notify();
  beat_.notify();
  supervised_.notify();
  co_await scout_group_.join();
  co_await upkeep_group_.join();
  co_await unregister_node();
  if (failure_) std::rethrow_exception(failure_);
}

void NodeCore::drain() {
  if (draining_) return;
  draining_ = true;
  drain_end_ = clock_.monotonic() + options_.drain_timeout;
  ledger_.release_waiting();
  changed_.notify();
}

void NodeCore::stop() {
  if (stopped_) return;
  drain();
  stopped_ = true;
  slot_group_.cancel();
}

void NodeCore::fail(std::exception_ptr error) {
  if (!failure_) failure_ = std::move(error);
  stop();
}

// What is held and has not begun goes back at once: another node may be better off.
void NodeCore::pause(const std::string& reason) {
  if (!paused()) observer_.notice(reason + "; trying again in a while");
  pause_end_ = clock_.monotonic() + options_.output_pause;
  ledger_.release_waiting();
}

NodeStatus NodeCore::status() const {
  NodeStatus status;
  status.workers = pool_.processes();
  for (const auto& slot : slots_) status.busy += slot.busy() ? 1 : 0;
  status.leased = static_cast<int>(ledger_.waiting() + ledger_.taken());
  status.done = done_;
  status.failed = failed_;
  return status;
}

asio::awaitable<void> NodeCore::run_slot(std::list<Slot>::iterator slot) {
  supervised_.notify();
  std::exception_ptr error;
  try {
    co_await slot->run();
  } catch (const boost::system::system_error& thrown) {
    if (thrown.code() != asio::error::operation_aborted) error = std::current_exception();
  } catch (const SystemError& thrown) {
    if (thrown.kind() == SystemError::Kind::unavailable) {
      pause(thrown.what());
    } else {
      error = std::current_exception();
    }
  } catch (...) {
    error = std::current_exception();
  }
  slots_.erase(slot);
  --slot_count_;
  if (error) fail(std::move(error));
  dispatch();  // work may have come when this slot had looked already
  changed_.notify();
}

asio::awaitable<void> NodeCore::scout() {
  while (!ended_) {
    if (!dry_) {
      co_await scouted_.wait();
      continue;
    }
    try {
      co_await broker_.wait_for_work(longest_wait_for_work);
    } catch (const SystemError&) {
      broker_away_ = true;  // the lease loop meets it, and knows what to do
    }
    if (broker_away_) co_await sleep_for(longest_wait_for_work);
    dry_ = false;
    changed_.notify();
  }
}

asio::awaitable<void> NodeCore::heartbeat() {
  std::chrono::nanoseconds registered{};
  while (!ended_) {
    const auto since = clock_.monotonic() - registered;
    if (since >= registration_interval || registered == 0ns || (since >= news_interval && has_news())) {
      registered = clock_.monotonic();
      co_await register_node();
    }
    co_await renew();
    pool_.tick();
    resting_ = ledger_.empty();
    const auto idle_rest = pool_.processes() > 0 || has_news() ? 1000ms : registration_interval;
    static_cast<void>(co_await beat_.wait(resting_ ? idle_rest : options_.heartbeat));
    resting_ = false;
  }
}

asio::awaitable<void> NodeCore::renew() {
  Renew request;
  request.node = id_;
  request.tokens = ledger_.tokens();
  request.lease_time = options_.lease_time;
  if (request.tokens.empty()) co_return;
  RenewReply reply;
  try {
    reply = co_await broker_.renew(request);
  } catch (const SystemError& error) {
    // The lease loop tells the user. Leases that expire meanwhile are found out at the next renewal.
    if (error.kind() == SystemError::Kind::misconfigured) fail(std::current_exception());
    co_return;
  }
  for (const Token token : reply.lost) {
    ledger_.forget(token);
    for (auto& slot : slots_) slot.forget(token);
  }
  for (const Token token : reply.paused) {
    ledger_.release_waiting(token);
    for (auto& slot : slots_) slot.release(token);
  }
  if (!reply.lost.empty() || !reply.paused.empty()) changed_.notify();
}

bool NodeCore::has_news() const { return info_.busy != status().busy || info_.tasks_done != done_; }

asio::awaitable<void> NodeCore::register_node() {
  const NodeStatus now = status();
  info_.workers = options_.workers;
  info_.busy = now.busy;
  info_.tasks_done = done_;
  try {
    co_await broker_.register_node(info_);
  } catch (const SystemError&) {
    // For display only; whatever is wrong, the lease loop meets it too.
  }
}

asio::awaitable<void> NodeCore::unregister_node() {
  try {
    co_await broker_.unregister_node(id_);
  } catch (const SystemError&) {
    // It is forgotten by itself after a while.
  }
}

asio::awaitable<void> NodeCore::supervise() {
  while (!ended_) {
    if (slots_.empty()) {
      co_await supervised_.wait();
      continue;
    }
    static_cast<void>(co_await supervised_.wait(supervision_interval));
    for (auto& slot : slots_) slot.supervise();
    pool_.tick();
    if (draining_ && !stopped_ && clock_.monotonic() >= drain_end_) stop();
  }
}

}  // namespace docmill
