#include "node/fork_server_pool.hpp"

#include <algorithm>

#include "runtime/timer.hpp"

namespace docmill {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using protocol::MessageType;

namespace {

constexpr int most_deaths = 5;
constexpr std::chrono::milliseconds first_pause{100};      // before a fork server is started again, doubled each time
constexpr std::chrono::milliseconds longest_start = 120s;  // loading models from a cold disk included
constexpr std::chrono::nanoseconds idle_life = 5s;
constexpr std::chrono::nanoseconds grace = 2s;  // for a process that has been told to end
constexpr std::chrono::milliseconds close_grace = 2s;

}  // namespace

class ForkServerPool::ForkedWorker final : public Worker {
 public:
  explicit ForkedWorker(std::shared_ptr<ForkedProcess> process) : process_(std::move(process)) {}
  ~ForkedWorker() override { process_->let_go(); }

  void send(const protocol::Task& task, std::vector<Descriptor> descriptors) override {
    process_->send(task, std::move(descriptors));
  }
  void send_artifact(Descriptor file) override { process_->send_artifact(std::move(file)); }
  void send_entry(EntryAnswer answer) override { process_->send_entry(std::move(answer)); }
  void kill() override { process_->kill(); }
  int pid() const override { return process_->pid(); }
  asio::awaitable<std::vector<WorkerEvent>> events() override { return process_->events(); }

  ForkedProcess& process() { return *process_; }

 private:
  std::shared_ptr<ForkedProcess> process_;
};

ForkServerPool::Server::Server(const asio::any_io_executor& loop, const std::string& executable, SocketPair sockets)
    : process(loop, {executable, "--fork-server", std::to_string(ChildProcess::inherited_socket)},
              std::move(sockets.theirs)),
      socket(loop, std::move(sockets.ours)) {}

asio::awaitable<std::unique_ptr<Worker>> ForkServerPool::acquire(WorkerSpec spec) {
  while (true) {
    std::unique_ptr<Worker> worker = take_idle(spec);
    if (!worker) {
      co_await ensure_server();
      worker = std::make_unique<ForkedWorker>(order_fork(spec));
    }
    ForkedProcess& process = static_cast<ForkedWorker&>(*worker).process();
    co_await process.wait_for_start(longest_start);
    if (process.started() && !process.has_ended()) co_return worker;
    if (!process.refusal().empty()) throw SystemError(SystemError::Kind::overloaded, process.refusal());
    if (!process.has_ended() && server_) server_->process.kill();  // it hangs; serve() sees its end
  }
}

void ForkServerPool::expect(const WorkerSpec& spec, int count) {
  if (!server_ || closing_) return;
  const auto ready = std::count_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return idle.spec == spec; });
  try {
    for (auto missing = count - ready; missing > 0; --missing) {
      idle_.push_back({spec, std::make_unique<ForkedWorker>(order_fork(spec)), clock_.monotonic()});
    }
  } catch (const SystemError&) {
    // No descriptors left for a worker that is not needed yet: acquire() will meet it, and wait.
  }
}

void ForkServerPool::give_back(std::unique_ptr<Worker> worker, const WorkerSpec& spec) {
  idle_.push_front({spec, std::move(worker), clock_.monotonic()});
}

std::unique_ptr<Worker> ForkServerPool::take_idle(const WorkerSpec& spec) {
  while (true) {
    const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const Idle& idle) { return idle.spec == spec; });
    if (found == idle_.end()) return nullptr;
    auto worker = std::move(found->worker);
    idle_.erase(found);
    const ForkedProcess& process = static_cast<ForkedWorker&>(*worker).process();
    if (!process.has_ended() && process.refusal().empty()) return worker;
  }
}

asio::awaitable<void> ForkServerPool::ensure_server() {
  while (!server_) {
    if (deaths_ >= most_deaths) {
      throw SystemError(SystemError::Kind::misconfigured,
                        executable_ + " dies again and again before it has finished anything: " + last_death_);
    }
    const auto pause = restart_at_ - clock_.monotonic();
    if (pause > 0ns) {
      co_await sleep_for(std::chrono::ceil<std::chrono::milliseconds>(pause));
      continue;
    }
    server_ = std::make_unique<Server>(loop_, executable_, make_socket_pair());
    group_.spawn(serve(*server_));
  }
}

asio::awaitable<void> ForkServerPool::serve(Server& server) {
  for (bool open = true; open;) {
    const Received received = co_await server.socket.receive();
    for (const auto& frame : received.frames) handle(frame);
    open = !received.closed;
  }
  // A server that was told to end by its socket kills and reaps its workers first.
  server.socket.close();
  std::optional<int> status;
  if (closing_) status = co_await server.process.wait(close_grace);
  while (!status) {
    server.process.kill();
    status = co_await server.process.wait(close_grace);
  }
  server_ended(*status);
}

void ForkServerPool::handle(const ReceivedFrame& frame) {
  if (frame.type == MessageType::forked) {
    const auto message = protocol::decode<protocol::Forked>(frame.body);
    if (!message) return server_->process.kill();
    const auto found = children_.find(message->worker);
    if (found == children_.end()) return;
    const auto process = found->second.process;
    if (message->pid <= 0) children_.erase(found);
    process->forked(message->pid, message->message);
  } else if (frame.type == MessageType::exited) {
    const auto message = protocol::decode<protocol::Exited>(frame.body);
    if (!message) return server_->process.kill();
    const auto found = children_.find(message->worker);
    if (found == children_.end()) return;
    WorkerGone gone;
    gone.status = message->status;
    gone.cpu_seconds = message->cpu_seconds;
    gone.peak_memory = message->peak_memory;
    const auto process = found->second.process;
    children_.erase(found);
    process->ended(gone);
  }
}

void ForkServerPool::server_ended(int status) {
  const std::string said = server_->process.error_output();
  last_death_ = describe_exit(status) + (said.empty() ? "" : "; it said: " + said);
  server_.reset();
  ++deaths_;
  restart_at_ = clock_.monotonic() + first_pause * (1 << std::min(deaths_ - 1, most_deaths));
  idle_.clear();
  WorkerGone gone;
  gone.server_died = true;
  for (auto& [number, child] : std::exchange(children_, {})) child.process->ended(gone);
}

std::shared_ptr<ForkedProcess> ForkServerPool::order_fork(const WorkerSpec& spec) {
  SocketPair sockets = make_socket_pair();
  protocol::Fork order;
  order.worker = ++last_number_;
  order.pipeline = spec.pipeline;
  order.options = spec.options;
  order.memory_limit = spec.memory_limit;
  order.output_limit = spec.output_limit;
  std::vector<Descriptor> passed;
  passed.push_back(std::move(sockets.theirs));
  server_->socket.send(MessageType::fork, protocol::encode(order), std::move(passed));
  auto order_kill = [this, number = order.worker] {
    protocol::Kill kill;
    kill.worker = number;
    if (server_) server_->socket.send(MessageType::kill, protocol::encode(kill));
  };
  auto process = std::make_shared<ForkedProcess>(loop_, std::move(sockets.ours), std::move(order_kill));
  children_[order.worker].process = process;
  return process;
}

void ForkServerPool::tick() {
  const auto now = clock_.monotonic();
  if (server_) static_cast<void>(server_->process.error_output());  // or a full pipe would stop it
  std::erase_if(idle_, [&](const Idle& idle) { return now - idle.since > idle_life; });
  check_overdue(now);
}

// A process that was let go or has closed its socket is killed if it does not end; if even that does nothing, the fork
// server hangs, and goes with all its workers.
void ForkServerPool::check_overdue(std::chrono::nanoseconds now) {
  for (auto& [number, child] : children_) {
    if (!child.process->should_end()) continue;
    if (!child.overdue_since) child.overdue_since = now;
    if (now - *child.overdue_since > grace) child.process->kill();
    if (now - *child.overdue_since > 3 * grace && server_) return server_->process.kill();
  }
}

asio::awaitable<void> ForkServerPool::close() {
  closing_ = true;
  idle_.clear();
  if (server_) server_->socket.close();
  co_await group_.join();
  closing_ = false;
}

}  // namespace docmill
