#include "core/program.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "core/descriptor.hpp"

namespace docmill {
namespace {

constexpr std::size_t most_output = 65'536;
constexpr int first_given = STDERR_FILENO + 1;
constexpr int cannot_start = 127;  // as shells say it

using OnLine = std::function<void(std::string_view)>;

// Hands out the whole lines of `pending`, and leaves the rest in it.
void take_lines(std::string& pending, const OnLine& on_line) {
  std::size_t begin = 0;
  for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
    on_line(std::string_view(pending).substr(begin, end - begin));
    begin = end + 1;
  }
  pending.erase(0, begin);
  if (pending.size() > most_output) pending.clear();  // no line is so long
}

std::string read_to_end(int file, const OnLine& on_line) {
  std::string text;
  std::string pending;
  std::array<char, 512> buffer{};
  for (;;) {
    const auto length = ::read(file, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return text;
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(length));
    if (text.size() < most_output) text.append(piece);
    if (on_line) take_lines(pending.append(piece), on_line);
  }
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// All that the child needs, made before the fork: between fork and exec it may neither allocate nor throw.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;  // ends with null; empty: that of this process
  std::vector<Descriptor> moved;   // to become 3, 4, …; their numbers are above those
  int end = 0;                     // descriptors from this one on are closed; 0: none
  int output = -1;
  pid_t parent = 0;
};

// Duplicates: so that none is overwritten before its turn.
void hand_over(const std::vector<int>& descriptors, Launch& launch) {
  launch.end = first_given + static_cast<int>(descriptors.size());
  for (const int descriptor : descriptors) launch.moved.emplace_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, launch.end));
}

[[noreturn]] void become(const Launch& launch) {
  // A worker that is killed shall leave nothing behind.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(cannot_start);
  ::dup2(launch.output, STDOUT_FILENO);
  ::dup2(launch.output, STDERR_FILENO);
  if (launch.end > 0) {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    int number = first_given;
    for (const auto& descriptor : launch.moved) ::dup2(descriptor.get(), number++);
    ::closefrom(launch.end);
  }
  ::execve(launch.arguments[0], launch.arguments.data(),
           launch.environment.empty() ? environ : launch.environment.data());
  ::_exit(cannot_start);
}

// `surroundings`: null for what this process has.
ProgramAnswer run(const std::vector<std::string>& command, const ProgramSurroundings* surroundings) {
  if (::access(command.at(0).c_str(), X_OK) != 0) return {.output = std::strerror(errno)};
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {.output = std::strerror(errno)};
  const Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  Launch launch;
  launch.arguments = pointers_to(command);
  launch.output = write_end.get();
  launch.parent = ::getpid();
  if (surroundings != nullptr) {
    launch.environment = pointers_to(surroundings->environment);
    hand_over(surroundings->descriptors, launch);
  }
  const pid_t pid = ::fork();
  if (pid == 0) become(launch);
  if (pid < 0) return {.output = std::strerror(errno)};
  write_end.reset();
  ProgramAnswer answer;
  answer.output = read_to_end(read_end.get(), surroundings != nullptr ? surroundings->on_line : OnLine());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) answer.signal = WTERMSIG(status);
  return answer;
}

}  // namespace

ProgramAnswer run_program(const std::vector<std::string>& command) { return run(command, nullptr); }

ProgramAnswer run_program(const std::vector<std::string>& command, const ProgramSurroundings& surroundings) {
  return run(command, &surroundings);
}

std::string find_program(std::string_view name) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const auto directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    auto file = std::string(directory) + "/" + std::string(name);
    std::error_code ignored;
    if (!directory.empty() && std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0) {
      return file;
    }
  }
  return {};
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

}  // namespace docmill
