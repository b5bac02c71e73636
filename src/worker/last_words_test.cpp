#include "worker/last_words.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <limits>

#include "protocol/protocol.hpp"
#include "worker/memory.hpp"

namespace docmill {
namespace {

constexpr std::uint64_t never_full = std::numeric_limits<std::uint64_t>::max();

// Runs `body` in a child and returns its wait status.
int status_of(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    ::_exit(0);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

void die(std::uint64_t nearly_full, int error, int number) {
  install_last_words(nearly_full);
  errno = error;
  if (number == SIGABRT) std::abort();
  ::raise(number);
}

TEST(LastWords, AnAbortAfterAFailedAllocationIsOutOfMemory) {
  const int status = status_of([] { die(never_full, ENOMEM, SIGABRT); });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), protocol::exit_out_of_memory);
}

TEST(LastWords, ADeathWithMemoryNearlyFullIsOutOfMemory) {
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS}) {
    const int status = status_of([number] { die(data_size(), 0, number); });
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), protocol::exit_out_of_memory);
  }
}

TEST(LastWords, AnyOtherDeathShowsItsSignal) {
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS}) {
    const int status = status_of([number] { die(never_full, 0, number); });
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
  }
}

}  // namespace
}  // namespace docmill
