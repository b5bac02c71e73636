#include "core/program.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

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
  EXPECT_EQ(run_program({"/bin/sh", "-c", "kill -9 $$"}).status, -1);
  EXPECT_EQ(run_program({"/nowhere/at/all"}).status, -1);
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

TEST(Programs, AreFoundInThePath) {
  EXPECT_THAT(find_program("sh"), testing::EndsWith("/sh"));
  EXPECT_EQ(find_program("no-such-program-here"), "");
  EXPECT_EQ(find_program("fd"), "") << "a directory is no program";
}

}  // namespace
}  // namespace docmill
