#include "runtime/child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/error.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kept_errors = 4096;

[[noreturn]] void throw_overloaded(const std::string& what, int error) {
  throw SystemError(SystemError::Kind::overloaded, what + ": " + std::strerror(error));
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_overloaded("cannot make a pipe", errno);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// What posix_spawn does in the child before it becomes the program.
class FileActions {
 public:
  FileActions(int socket, int errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, ChildProcess::inherited_socket);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

pid_t spawn(const std::vector<std::string>& arguments, const FileActions& actions) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, argv.front(), actions.get(), nullptr, argv.data(), environ);
  if (error == EAGAIN || error == ENOMEM) throw_overloaded("cannot start " + arguments.front(), error);
  if (error != 0) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "cannot start " + arguments.front() + ": " + std::strerror(error));
  }
  return pid;
}

// A descriptor at or above `lowest`, so that adddup2 below never meets source and target alike, which would leave
// close-on-exec set.
Descriptor moved_up(Descriptor descriptor, int lowest) {
  if (descriptor.get() >= lowest) return descriptor;
  Descriptor moved(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, lowest));
  if (!moved) throw_overloaded("cannot duplicate a descriptor", errno);
  return moved;
}

}  // namespace

SocketPair make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw_overloaded("cannot make a socket pair", errno);
  }
  return SocketPair{Descriptor(ends[0]), Descriptor(ends[1])};
}

ChildProcess::ChildProcess(const asio::any_io_executor& loop, const std::vector<std::string>& arguments,
                           Descriptor socket)
    : handle_(std::make_shared<asio::posix::stream_descriptor>(loop)) {
  Pipe errors = make_pipe();
  const Descriptor inherited = moved_up(std::move(socket), inherited_socket + 1);
  errors.write = moved_up(std::move(errors.write), inherited_socket + 1);
  const FileActions actions(inherited.get(), errors.write.get());
  pid_ = spawn(arguments, actions);
  ::fcntl(errors.read.get(), F_SETFL, O_NONBLOCK);
  errors_ = std::move(errors.read);
  Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));  // glibc 2.36 cannot be called from C++
  if (!handle) {
    const int error = errno;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw_overloaded("cannot watch a child process", error);
  }
  handle_->assign(handle.release());
}

ChildProcess::~ChildProcess() {
  if (status_) return;
  kill();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ChildProcess::kill() {
  if (!status_) ::kill(pid_, SIGKILL);
}

asio::awaitable<std::optional<int>> ChildProcess::wait(std::chrono::milliseconds timeout) {
  if (status_) co_return status_;
  asio::steady_timer deadline(handle_->get_executor(), timeout);
  deadline.async_wait([handle = handle_](boost::system::error_code error) {
    if (!error) handle->cancel();
  });
  const auto waited =
      co_await handle_->async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
  static_cast<void>(waited);  // ended or not, waitpid knows
  deadline.cancel();
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  co_return status_;
}

std::string ChildProcess::error_output() {
  std::array<char, kept_errors> buffer;
  for (ssize_t got = 0; (got = ::read(errors_.get(), buffer.data(), buffer.size())) > 0;) {
    error_tail_.append(buffer.data(), static_cast<std::size_t>(got));
    if (error_tail_.size() > kept_errors) error_tail_.erase(0, error_tail_.size() - kept_errors);
  }
  return error_tail_;
}

std::string describe_exit(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* name = ::strsignal(signal);
    return "signal " + std::to_string(signal) + " (" + (name != nullptr ? name : "unknown") + ")";
  }
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace docmill
