#include "worker/worker_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

#include "worker/last_words.hpp"
#include "worker/limits.hpp"
#include "worker/memory.hpp"
#include "worker/worker.hpp"

namespace docmill {
namespace {

void die_with(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died in between
}

void reset_signals() {
  std::signal(SIGCHLD, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN);  // a file over its limit is a failed write, with a name and a reason
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Leaves the standard streams and the socket, as number 3.
Descriptor keep_only(Descriptor socket) {
  constexpr int place = 3;
  if (socket.get() != place) {
    if (::dup2(socket.get(), place) < 0) ::_exit(1);
    static_cast<void>(socket.release());
  }
  ::closefrom(place + 1);
  return Descriptor(place);
}

void set_limits(const protocol::Fork& order) {
  set_limit(RLIMIT_CORE, 0);
  if (order.output_limit > 0) set_limit(RLIMIT_FSIZE, order.output_limit);
  if (order.memory_limit == 0) return;
  const std::uint64_t inherited = data_size();  // the models: shared, and no document's fault
  set_limit(RLIMIT_DATA, inherited + order.memory_limit);
  install_last_words(inherited + order.memory_limit - order.memory_limit / 20);
}

// If the host runs out of memory, a worker is the process to lose: it costs one attempt.
void volunteer_for_the_oom_killer() {
  const Descriptor file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file) [[maybe_unused]]
    const ssize_t written = ::write(file.get(), "500", 3);
}

}  // namespace

void leave_signals_to_the_node() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(number, SIG_IGN);
}

void become_worker(Descriptor socket, const protocol::Fork& order, pid_t parent) {
  die_with(parent);
  ::setpgid(0, 0);  // so that whatever it starts is killed with it
  reset_signals();
  Descriptor own = keep_only(std::move(socket));
  volunteer_for_the_oom_killer();
  set_limits(order);
  // Here the process gives up its rights, before the first byte of a document.
  ::_exit(run_worker(std::move(own), order.memory_limit));
}

}  // namespace docmill
