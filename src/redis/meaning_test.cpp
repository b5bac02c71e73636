#include "redis/meaning.hpp"

#include <gtest/gtest.h>

namespace docmill::redis {
namespace {

TEST(Meaning, of_what_servers_say) {
  EXPECT_EQ(meaning_of("LOADING Redis is loading the dataset in memory"), Meaning::again);
  EXPECT_EQ(meaning_of("BUSY Redis is busy running a script."), Meaning::again);
  EXPECT_EQ(meaning_of("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
            Meaning::again);
  EXPECT_EQ(meaning_of("READONLY You can't write against a read only replica."), Meaning::elsewhere);
  EXPECT_EQ(meaning_of("OOM command not allowed when used memory > 'maxmemory'."), Meaning::overloaded);
  EXPECT_EQ(meaning_of("MISCONF Redis is configured to save RDB snapshots"), Meaning::unavailable);
  EXPECT_EQ(meaning_of("NOREPLICAS Not enough good replicas to write."), Meaning::unavailable);
  EXPECT_EQ(meaning_of("WRONGPASS invalid username-password pair or user is disabled."), Meaning::misconfigured);
  EXPECT_EQ(meaning_of("ERR unknown command 'FCALL', with args beginning with:"), Meaning::misconfigured);
  EXPECT_EQ(meaning_of("ERR Function not found"), Meaning::function_missing);
}

TEST(Meaning, an_error_of_the_command_is_an_answer) {
  EXPECT_EQ(meaning_of("ERR value is not an integer or out of range"), Meaning::answer);
  EXPECT_EQ(meaning_of("WRONGTYPE Operation against a key holding the wrong kind of value"), Meaning::answer);
  EXPECT_EQ(meaning_of("BUSYGROUP Consumer Group name already exists"), Meaning::answer);
  EXPECT_EQ(meaning_of("BUSYKEY Target key name already exists."), Meaning::answer);
  EXPECT_EQ(meaning_of(""), Meaning::answer);
}

}  // namespace
}  // namespace docmill::redis
