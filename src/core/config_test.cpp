#include "core/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace docmill {
namespace {

using testing::HasSubstr;

TEST(Config, EveryDefaultIsAValidValueOfItsKey) {
  Config config;
  for (const auto& key : config_keys()) {
    EXPECT_TRUE(config.set(key.name(), key.default_value, ConfigSource::flag, "test")) << key.name();
  }
  EXPECT_TRUE(config.check());
}

TEST(Config, NoTwoKeysShareANameAFlagOrAVariable) {
  std::set<std::string> seen;
  for (const auto& key : config_keys()) {
    EXPECT_TRUE(seen.insert(key.name()).second) << key.name();
    EXPECT_TRUE(seen.insert(key.flag_name()).second) << key.flag_name();
    const auto variable = environment_name(key.section, key.key);
    EXPECT_TRUE(seen.insert(variable).second) << variable;
    if (!key.environment.empty()) {
      EXPECT_TRUE(seen.insert(std::string(key.environment)).second) << key.environment;
    }
    if (!key.flag.empty() && key.flag != key.flag_name()) {
      EXPECT_TRUE(seen.insert(std::string(key.flag)).second) << key.flag;
    }
    EXPECT_FALSE(key.help.empty()) << key.name();
  }
  for (const auto& option : all_options()) {
    const auto variable = environment_name(option.stage, option.name);
    EXPECT_TRUE(seen.insert(variable).second) << variable;
  }
}

TEST(Config, FlagsBeatTheEnvironmentBeatsTheFileInAnyOrder) {
  Config config;
  ASSERT_TRUE(config.set("workers.max", "3", ConfigSource::environment, "environment MAX_WORKERS"));
  ASSERT_TRUE(config.set("workers.max", "2", ConfigSource::file, "docmill.toml:1"));
  EXPECT_EQ(config.integer("workers.max"), 3);
  EXPECT_EQ(config.value("workers.max").origin, "environment MAX_WORKERS");
  ASSERT_TRUE(config.set("workers.max", "4", ConfigSource::flag, "flag --jobs"));
  EXPECT_EQ(config.integer("workers.max"), 4);
}

TEST(Config, SizesAndTimesTakeUnits) {
  Config config;
  ASSERT_TRUE(config.set("limits.memory", "1.5 GiB", ConfigSource::flag, "f"));
  EXPECT_EQ(config.bytes("limits.memory"), 1'610'612'736U);
  ASSERT_TRUE(config.set("limits.memory", "512M", ConfigSource::flag, "f"));
  EXPECT_EQ(config.bytes("limits.memory"), 536'870'912U);
  ASSERT_TRUE(config.set("limits.task_timeout", "90", ConfigSource::flag, "f"));
  EXPECT_EQ(config.duration("limits.task_timeout"), Millis(90'000));
  ASSERT_TRUE(config.set("limits.task_timeout", "250ms", ConfigSource::flag, "f"));
  EXPECT_EQ(config.duration("limits.task_timeout"), Millis(250));
  ASSERT_TRUE(config.set("limits.task_timeout", "2h", ConfigSource::flag, "f"));
  EXPECT_EQ(config.duration("limits.task_timeout"), Millis(7'200'000));
  ASSERT_TRUE(config.set("results.ttl", "30d", ConfigSource::flag, "f"));
  EXPECT_EQ(config.duration("results.ttl"), std::chrono::hours(720));
}

TEST(Config, AnUnknownKeyIsRefusedWithItsOriginAndTheNearestKey) {
  Config config;
  const auto typo = config.set("limits.memry", "1G", ConfigSource::file, "a.toml:7");
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().code, ErrorCode::invalid_option);
  EXPECT_THAT(typo.error().message, HasSubstr("a.toml:7"));
  EXPECT_THAT(typo.error().message, HasSubstr("did you mean 'limits.memory'?"));
  EXPECT_THAT(config.set("data_dir", "x", ConfigSource::file, "a.toml:1").error().message,
              HasSubstr("did you mean 'store.data_dir'?"));
}

TEST(Config, ABadValueIsRefusedAndChangesNothing) {
  Config config;
  const std::pair<const char*, const char*> bad[] = {
      {"workers.max", "many"},         {"workers.max", "-1"},         {"workers.max", "1.5"},
      {"workers.max", "99999"},        {"workers.isolation", "none"}, {"limits.memory", "2 parsecs"},
      {"limits.memory", "1K"},         {"limits.memory", "nan"},      {"limits.memory", ""},
      {"limits.stall_timeout", "-3s"}, {"limits.memory", "1e30"},     {"log.level", "loud"}};
  for (const auto& [name, value] : bad) {
    const auto before = config.text(name);
    const auto status = config.set(name, value, ConfigSource::flag, "here");
    ASSERT_FALSE(status) << name << " = " << value;
    EXPECT_THAT(status.error().message, HasSubstr(std::string("here: '") + name + "' must be "));
    EXPECT_EQ(config.text(name), before);
  }
}

TEST(Config, ValuesThatContradictEachOtherAreRefused) {
  Config config;
  ASSERT_TRUE(config.set("workers.max", "2", ConfigSource::flag, "flag --jobs"));
  ASSERT_TRUE(config.set("workers.min", "3", ConfigSource::environment, "environment MIN_WORKERS"));
  EXPECT_THAT(config.check().error().message, HasSubstr("workers.min (3, environment MIN_WORKERS)"));
}

TEST(Config, KeysKnowTheirNamesInFilesEnvironmentAndFlags) {
  for (const auto& key : config_keys()) {
    if (key.name() != "limits.task_timeout") continue;
    EXPECT_EQ(environment_name(key.section, key.key), "DOCMILL_LIMITS_TASK_TIMEOUT");
    EXPECT_EQ(key.flag_name(), "--limits-task-timeout");
    return;
  }
  FAIL() << "limits.task_timeout is gone";
}

TEST(Config, PasswordsAreNotShown) {
  EXPECT_EQ(without_secrets("redis://ann:secret@host:6379/1"), "redis://ann:***@host:6379/1");
  EXPECT_EQ(without_secrets("redis://:p@ss@host/"), "redis://:***@host/");
  EXPECT_EQ(without_secrets("redis://ann@host"), "redis://ann@host");
  EXPECT_EQ(without_secrets("redis://host:6379/@:"), "redis://host:6379/@:");
  EXPECT_EQ(without_secrets("unix:///run/redis.sock"), "unix:///run/redis.sock");
  EXPECT_EQ(without_secrets("wJalrXUtnFEMI"), "***");
  EXPECT_EQ(without_secrets(""), "");
}

}  // namespace
}  // namespace docmill
