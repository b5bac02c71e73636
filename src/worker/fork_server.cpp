#include "worker/fork_server.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "docmill_version.hpp"
#include "documents/document.hpp"
#include "worker/memory.hpp"
#include "worker/run_task.hpp"
#include "worker/worker_process.hpp"

namespace docmill {
namespace {

using protocol::MessageType;

constexpr std::size_t most_warm = 256;  // options remembered as warmed up; the models themselves are cached elsewhere

Descriptor open_child_signals() {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &mask, nullptr);
  Descriptor signals(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals) throw ChannelError("signalfd: " + std::generic_category().message(errno));
  return signals;
}

template <class Message>
Message decoded(const Frame& frame) {
  auto message = protocol::decode<Message>(frame.body);
  if (!message) throw ChannelError(message.error().message);
  return std::move(*message);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

ForkServer::ForkServer(Descriptor socket) : channel_(std::move(socket)), child_signals_(open_child_signals()) {}

ForkServer::~ForkServer() {
  for (const auto& [pid, child] : children_) ::kill(-pid, SIGKILL);
  for (const auto& [pid, child] : children_) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

void ForkServer::run() {
  try {
    warm_up_documents();
  } catch (const std::exception& problem) {  // tasks will meet it again, and report it
    std::fprintf(stderr, "docmill-worker: cannot warm up: %s\n", problem.what());
  }
  const protocol::Ready ready{DOCMILL_VERSION};
  channel_.send(MessageType::ready, protocol::encode(ready));
  while (true) {
    if (!channel_.has_frame() && !wait_for_node()) continue;
    auto frame = channel_.receive();
    if (!frame) return;
    serve(std::move(*frame));
  }
}

// Reaps workers that have ended meanwhile. False: nothing has come from the node yet.
bool ForkServer::wait_for_node() {
  std::array<pollfd, 2> waiting{pollfd{channel_.socket(), POLLIN, 0}, pollfd{child_signals_.get(), POLLIN, 0}};
  if (::poll(waiting.data(), waiting.size(), -1) < 0) {
    if (errno == EINTR) return false;
    throw ChannelError("poll: " + std::generic_category().message(errno));
  }
  if (waiting[1].revents != 0) reap();
  return waiting[0].revents != 0;
}

void ForkServer::serve(Frame frame) {
  if (frame.type == MessageType::fork) {
    fork_worker(std::move(frame));
  } else if (frame.type == MessageType::kill) {
    kill_worker(decoded<protocol::Kill>(frame).worker);
  } else {
    throw ChannelError("the fork server was sent a message that is not for it");
  }
}

void ForkServer::fork_worker(Frame frame) {
  const auto order = decoded<protocol::Fork>(frame);
  if (frame.descriptors.size() != 1) throw ChannelError("an order to fork came without its socket");
  if (pids_.contains(order.worker)) throw ChannelError("worker " + std::to_string(order.worker) + " exists already");
  warm_up(order);
  const pid_t parent = ::getpid();
  const std::uint64_t shared = inheritable_memory();
  std::fflush(nullptr);  // or parent and child would both write what is buffered
  const pid_t pid = ::fork();
  if (pid == 0) become_worker(std::move(frame.descriptors.front()), order, parent);
  protocol::Forked answer{order.worker, 0, ""};
  if (pid > 0) {
    ::setpgid(pid, pid);  // here too: a `kill` may come before the child has run
    pids_.emplace(order.worker, pid);
    children_.emplace(pid, Child{order.worker, shared});
    answer.pid = pid;
  } else {
    answer.message = "cannot fork a worker: " + std::generic_category().message(errno);
  }
  channel_.send(MessageType::forked, protocol::encode(answer));
}

void ForkServer::kill_worker(std::uint64_t worker) {
  const auto found = pids_.find(worker);  // not there: it has ended by itself, and `exited` is on its way
  if (found != pids_.end()) ::kill(-found->second, SIGKILL);
}

void ForkServer::warm_up(const protocol::Fork& order) {
  if (warm_.size() >= most_warm) warm_.clear();
  if (!warm_.insert(order.pipeline + '\0' + order.options).second) return;
  try {
    warm_up_for(order.pipeline, order.options);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "docmill-worker: cannot warm up for '%s': %s\n", order.pipeline.c_str(), problem.what());
  }
}

void ForkServer::reap() {
  signalfd_siginfo information;
  while (::read(child_signals_.get(), &information, sizeof information) > 0) {
  }
  int status = 0;
  rusage usage{};
  pid_t pid = 0;
  while ((pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0) {
    const auto found = children_.find(pid);
    if (found == children_.end()) continue;
    const Child child = found->second;
    children_.erase(found);
    pids_.erase(child.worker);
    const auto resident = static_cast<std::uint64_t>(usage.ru_maxrss) << 10U;
    protocol::Exited message;
    message.worker = child.worker;
    message.status = status;
    message.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    message.peak_memory = resident > child.shared ? resident - child.shared : 0;
    channel_.send(MessageType::exited, protocol::encode(message));
  }
}

int run_fork_server(Descriptor socket) {
  ::setsid();  // fails only for a leader of a group, whose terminal signals are ignored just as well
  leave_signals_to_the_node();
  try {
    ForkServer server(std::move(socket));
    server.run();
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "docmill-worker: %s\n", problem.what());
    return 1;
  }
}

}  // namespace docmill
