#include "core/program.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <string>

#include "core/descriptor.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;
using testing::Not;

Descriptor file_with(const std::string& content) {
  Descriptor file(::memfd_create("program-test", MFD_CLOEXEC));
  EXPECT_EQ(::pwrite(file.get(), content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
  return file;
}

TEST(Programs, TellTheirStatusAndWhatTheyWrote) {
  const auto answer = run_program({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_EQ(answer.output, "out\nerr\n");
}

TEST(Programs, ThatAreKilledOrMissingHaveNoStatus) {
  const auto killed = run_program({"/bin/sh", "-c", "kill -9 $$"});
  EXPECT_EQ(killed.status, -1);
  EXPECT_EQ(killed.signal, SIGKILL);
  const auto missing = run_program({"/nowhere/at/all"});
  EXPECT_EQ(missing.status, -1);
  EXPECT_EQ(missing.signal, 0);
}

TEST(Programs, GetTheirDescriptorsInOrderAndNoOthers) {
  const auto first = file_with("first");
  const auto second = file_with("second");
  // Not close-on-exec: it would be inherited.
  const Descriptor other(::fcntl(first.get(), F_DUPFD, 20));
  const auto answer = run_program({"/bin/sh", "-c", "cat /proc/self/fd/3 /proc/self/fd/4; ls /proc/self/fd"},
                                  {.descriptors = {second.get(), first.get()}, .environment = {"PATH=/usr/bin:/bin"}});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.output, HasSubstr("secondfirst"));
  EXPECT_THAT(answer.output, Not(HasSubstr(std::to_string(other.get()) + "\n")));
}

TEST(Programs, SeeOnlyTheirEnvironmentAndNoInput) {
  const auto answer = run_program({"/bin/sh", "-c", "cat; echo \"$A-$HOME\""},
                                  {.descriptors = {}, .environment = {"A=b", "PATH=/bin"}});
  EXPECT_EQ(answer.output, "b-\n");
}

TEST(Programs, TellTheirLinesAsTheyCome) {
  std::string lines;
  run_program(
      {"/bin/sh", "-c", "echo one; printf tw; echo o; printf rest"},
      {.descriptors = {}, .environment = {}, .on_line = [&](std::string_view line) { lines.append(line) += '|'; }});
  EXPECT_EQ(lines, "one|two|");
}

TEST(Programs, EndWithTheProcessThatRunsThem) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t runner = ::fork();
  if (runner == 0) {
    run_program({"/bin/sh", "-c", "echo $$ >&3; exec sleep 600"},
                {.descriptors = {ends[1]}, .environment = {"PATH=/bin"}});
    ::_exit(0);
  }
  std::string text(32, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], text.data(), text.size()), 0)));
  const pid_t program = std::stoi(text);
  EXPECT_EQ(::kill(program, 0), 0);
  ::kill(runner, SIGKILL);
  ::waitpid(runner, nullptr, 0);
  // What is dead and not yet waited for has no command line. The test's own time limit ends this.
  const auto is_alive = [&] {
    std::ifstream file("/proc/" + std::to_string(program) + "/cmdline");
    return file.peek() != std::ifstream::traits_type::eof();
  };
  while (is_alive()) ::usleep(1'000);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Programs, AreFoundInThePath) {
  EXPECT_THAT(find_program("sh"), testing::EndsWith("/sh"));
  EXPECT_EQ(find_program("no-such-program-here"), "");
  EXPECT_EQ(find_program("fd"), "") << "a directory is no program";
}

}  // namespace
}  // namespace docmill
