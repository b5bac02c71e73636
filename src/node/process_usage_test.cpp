#include "node/process_usage.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace docmill {
namespace {

using namespace std::chrono_literals;

pid_t forked(void (*work)()) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  while (true) work();
}

void end(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(ProcessUsage, TellsWhoIsOnACore) {
  const pid_t child = forked([] { static_cast<void>(::getppid()); });
  while (processor_use(child).value().time < 30ms) std::this_thread::yield();
  EXPECT_TRUE(processor_use(child)->runnable);
  end(child);
  EXPECT_FALSE(processor_use(child));
}

TEST(ProcessUsage, TellsWhoIsAsleep) {
  const pid_t child = forked([] { ::pause(); });
  while (processor_use(child).value().runnable) std::this_thread::yield();
  EXPECT_LT(processor_use(child)->time, 1s);
  end(child);
}

TEST(ProcessUsage, TellsWhatMemoryAProcessHasToItself) {
  EXPECT_GT(private_memory(::getpid(), 0).value_or(0), 0);
  EXPECT_FALSE(private_memory(0, 0));
}

}  // namespace
}  // namespace docmill
