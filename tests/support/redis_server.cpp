#include "tests/support/redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <thread>

#include "core/descriptor.hpp"

namespace docmill::test {
namespace {

constexpr std::chrono::seconds patience{30};

struct FreeContext {
  void operator()(redisContext* context) const { ::redisFree(context); }
};
using Context = std::unique_ptr<redisContext, FreeContext>;

std::string describe(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_ARRAY: {
      std::string lines;
      for (std::size_t i = 0; i < reply.elements; ++i) lines += describe(*reply.element[i]) + "\n";
      return lines;
    }
    default:
      return {reply.str, reply.len};
  }
}

std::string send(redisContext& context, std::vector<std::string_view> arguments) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view argument : arguments) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  auto* const reply = static_cast<redisReply*>(
      ::redisCommandArgv(&context, static_cast<int>(texts.size()), texts.data(), sizes.data()));
  if (reply == nullptr) return std::string("(no answer: ") + context.errstr + ")";
  std::string text = describe(*reply);
  ::freeReplyObject(reply);
  return text;
}

}  // namespace

void pause_between_looks() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

int free_port() {
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), generic, size) != 0 || ::getsockname(socket.get(), generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

RedisServer::RedisServer(RedisServerOptions options)
    : options_(std::move(options)),
      port_(options_.tcp || options_.sentinel ? free_port() : 0),
      tls_port_(options_.tls ? free_port() : 0) {
  write_config();
  start();
}

RedisServer::~RedisServer() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void RedisServer::write_config() const {
  std::ofstream config(directory_.path() / "redis.conf");
  config << "dir " << directory_.path().string() << "\nport " << port_ << "\nbind 127.0.0.1\ndaemonize no\n";
  if (!options_.sentinel) config << "unixsocket " << socket().string() << "\nsave \"\"\n";
  if (options_.tls) config << "tls-port " << tls_port_ << "\n";
  for (const std::string& line : options_.config) config << line << "\n";
}

void RedisServer::launch() {
  const std::string config = directory_.path() / "redis.conf";
  const std::string log = directory_.path() / "redis.log";
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);  // it died before the line above
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  const char* const mode = options_.sentinel ? "--sentinel" : nullptr;
  ::execlp("redis-server", "redis-server", config.c_str(), mode, nullptr);
  ::_exit(127);
}

void RedisServer::start() {
  launch();
  wait_for({"PING"}, "PONG");
}

void RedisServer::signal(int number) const {
  if (pid_ <= 0 || ::kill(pid_, number) != 0) fail("does not run");
}

void RedisServer::await_end() {
  if (::waitpid(pid_, nullptr, 0) != pid_) fail("cannot be waited for");
  pid_ = -1;
}

void RedisServer::stop() {
  signal(SIGTERM);
  await_end();
}

void RedisServer::kill() {
  signal(SIGKILL);
  await_end();
}

void RedisServer::restart() {
  kill();
  start();
}

void RedisServer::suspend() {
  signal(SIGSTOP);
  int status = 0;
  if (::waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status)) fail("does not stop");
}

void RedisServer::resume() { signal(SIGCONT); }

std::string RedisServer::command(std::initializer_list<std::string_view> arguments) const {
  const timeval timeout{10, 0};
  const Context context(options_.sentinel ? ::redisConnectWithTimeout("127.0.0.1", port_, timeout)
                                          : ::redisConnectUnixWithTimeout(socket().c_str(), timeout));
  if (!context || context->err != 0) return "(not connected)";
  ::redisSetTimeout(context.get(), timeout);
  if (!options_.password.empty()) send(*context, {"AUTH", options_.password});
  return send(*context, arguments);
}

void RedisServer::wait_for(std::initializer_list<std::string_view> arguments, std::string_view wanted) const {
  std::string last;
  const bool found = eventually(
      [&] {
        last = command(arguments);
        return last.find(wanted) != std::string::npos;
      },
      patience);
  if (!found) fail("never answered \"" + std::string(wanted) + "\" but: " + last);
}

void RedisServer::fail(const std::string& what) const {
  std::ifstream log(directory_.path() / "redis.log");
  std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  constexpr std::size_t most = 2000;
  if (text.size() > most) text.erase(0, text.size() - most);
  throw std::runtime_error("redis-server: " + what + "\n" + text);
}

}  // namespace docmill::test
