// Promise 1 for brokers that keep their data: a process that uses one is killed at any moment, again and again, and
// what it was told has happened is there.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/broker_factory.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::test {

// What the killed processes were told, job by job.
struct Acknowledged {
  std::uint64_t documents = 0;
  bool sealed = false;
  std::set<std::uint64_t> committed;
};

// Opens no broker before it forks: the threads of one would not live on in the child.
class BrokerDurability : public testing::TestWithParam<BrokerFactory> {
 protected:
  BrokerDurability() { GetParam().prepare(); }

  // Runs children that work on the broker until they have reported `reports` times, kills all with SIGKILL in the midst
  // of what they are doing then, and notes what they had reported by their death.
  void work_and_kill(std::uint64_t seed, int reports, int children = 1);
  void note(const std::string& report);
  // Opens the broker and compares it with what was reported.
  void check_everything();

  TempDir directory;
  std::map<std::string, Acknowledged> acknowledged;
};

}  // namespace docmill::test
