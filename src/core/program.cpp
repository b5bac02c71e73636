#include "core/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "core/descriptor.hpp"

namespace docmill {
namespace {

constexpr std::size_t most_output = 65'536;

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

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void duplicate(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void open_nothing(int at) { ::posix_spawn_file_actions_addopen(&actions_, at, "/dev/null", O_RDONLY, 0); }
  void close_from(int first) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, first); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// They become 3, 4, … in the program: by way of numbers above those, so that none is overwritten before its turn.
std::vector<Descriptor> hand_over(const std::vector<int>& descriptors, FileActions& actions) {
  constexpr int first = STDERR_FILENO + 1;
  const int end = first + static_cast<int>(descriptors.size());
  std::vector<Descriptor> moved;
  actions.open_nothing(STDIN_FILENO);
  for (int i = 0; i < std::ssize(descriptors); ++i) {
    moved.emplace_back(::fcntl(descriptors[static_cast<std::size_t>(i)], F_DUPFD_CLOEXEC, end));
    actions.duplicate(moved.back().get(), first + i);
  }
  actions.close_from(end);
  return moved;
}

// `surroundings`: null for what this process has.
ProgramAnswer run(const std::vector<std::string>& command, const ProgramSurroundings* surroundings) {
  ProgramAnswer answer;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return answer;
  Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  FileActions actions;
  actions.duplicate(write_end.get(), STDOUT_FILENO);
  actions.duplicate(write_end.get(), STDERR_FILENO);
  std::vector<Descriptor> moved;
  if (surroundings != nullptr) moved = hand_over(surroundings->descriptors, actions);
  std::vector<char*> environment;
  if (surroundings != nullptr) environment = pointers_to(surroundings->environment);
  const auto arguments = pointers_to(command);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0], actions.get(), nullptr, arguments.data(),
                                  surroundings != nullptr ? environment.data() : environ);
  write_end.reset();
  if (error != 0) {
    answer.output = std::strerror(error);
    return answer;
  }
  answer.output = read_to_end(read_end.get(), surroundings != nullptr ? surroundings->on_line : OnLine());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) answer.status = WEXITSTATUS(status);
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
