#include "system/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

class ConfigFile : public testing::Test {
 protected:
  Status load(const std::string& text) {
    std::ofstream(file()) << text;
    return load_config_file(config_, file());
  }
  std::filesystem::path file() const { return directory_.path() / "docmill.toml"; }

  test::TempDir directory_;
  Config config_;
};

TEST_F(ConfigFile, SetsItsKeysAndRemembersTheLine) {
  ASSERT_TRUE(load("# mine\n[workers]\nmax = 3\n\n[limits]\nmemory = \"1GiB\"\n"));
  EXPECT_EQ(config_.integer("workers.max"), 3);
  EXPECT_EQ(config_.bytes("limits.memory"), 1U << 30U);
  EXPECT_EQ(config_.value("limits.memory").origin, file().string() + ":6");
}

TEST_F(ConfigFile, AnUnknownKeyNamesFileLineAndTheNearestKey) {
  const auto status = load("[limits]\n\nmemroy = 3\n");
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr(file().string() + ":3: "));
  EXPECT_THAT(status.error().message, HasSubstr("'limits.memory'"));
}

TEST_F(ConfigFile, ABadValueNamesFileAndLine) {
  EXPECT_THAT(load("[workers]\nmax = \"lots\"\n").error().message,
              HasSubstr(file().string() + ":2: 'workers.max' must be"));
  EXPECT_THAT(load("[workers]\nmax = [1]\n").error().message, HasSubstr("must be text or a number"));
  EXPECT_THAT(load("[workers]\nmax = 1.5\n").error().message, HasSubstr("a whole number"));
}

TEST_F(ConfigFile, AKeyOutsideOfASectionIsToldWhereItBelongs) {
  EXPECT_THAT(load("data_dir = \"/x\"\n").error().message, HasSubstr("'store.data_dir'"));
}

TEST_F(ConfigFile, WhatIsNoTomlNamesFileAndLine) {
  EXPECT_THAT(load("[workers]\nmax = = 3\n").error().message, HasSubstr(file().string() + ":2"));
  EXPECT_THAT(load_config_file(config_, directory_.path() / "missing.toml").error().message, HasSubstr("missing.toml"));
}

TEST_F(ConfigFile, TheFileThatIsNamedComesFirst) {
  const auto environment = environment_of({{"DOCMILL_CONFIG", "/b"}, {"XDG_CONFIG_HOME", directory_.path().string()}});
  EXPECT_EQ(find_config_file("/a", environment), "/a");
  EXPECT_EQ(find_config_file("", environment), "/b");
  std::filesystem::create_directory(directory_.path() / "docmill");
  std::ofstream(directory_.path() / "docmill/config.toml") << "";
  const auto bare = environment_of({{"XDG_CONFIG_HOME", directory_.path().string()}});
  EXPECT_EQ(find_config_file("", bare), directory_.path() / "docmill/config.toml");
}

TEST_F(ConfigFile, SetsOptionsOfStages) {
  std::ofstream(directory_.path() / "words") << "docmill\n";
  ASSERT_TRUE(
      load("[ocr]\nformat = [\"txt\", \"pdf\"]\ndeskew = true\nretry_below = 0.25\nuser_words = \"words\"\n"
           "[document]\noversample = 200\n"));
  const auto options = resolve_options("ocr", config_.options().beside("ocr", {{"deskew", false}}));
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->at("format"), (boost::json::array{"txt", "pdf"}));
  EXPECT_EQ(options->at("deskew"), false);  // what is given with the job counts
  EXPECT_EQ(options->at("retry_below"), 0.25);
  EXPECT_EQ(options->at("user_words"), "docmill\n");  // found beside the configuration
  EXPECT_EQ(options->at("oversample"), 200);
  EXPECT_EQ(config_.options().find(**find_option("ocr", "deskew"))->origin, file().string() + ":3");
}

TEST_F(ConfigFile, OptionsOfOtherStagesDoNotReachAPipeline) {
  ASSERT_TRUE(load("[nlp]\nkey_phrases = 3\n"));
  EXPECT_FALSE(config_.options().beside("ocr", {}).contains("key_phrases"));
  EXPECT_EQ(config_.options().beside("ocr,nlp", {}).at("key_phrases"), 3);
}

TEST_F(ConfigFile, ABadOptionNamesFileLineAndTheNearest) {
  EXPECT_THAT(load("[ocr]\n\nlanguag = \"deu\"\n").error().message,
              HasSubstr(file().string() + ":3: stage 'ocr' has no option 'languag'; did you mean 'language'?"));
  EXPECT_THAT(load("[ocr]\nformat = [\"txt\", \"pfd\"]\n").error().message,
              HasSubstr(file().string() + ":2: 'pfd' is no value of option 'format'"));
  EXPECT_THAT(load("[ocr]\noversample = 300\n").error().message, HasSubstr("has no option 'oversample'"));
  EXPECT_THAT(load("[ocr]\nuser_words = \"gone\"\n").error().message, HasSubstr("gone cannot be read"));
  EXPECT_THAT(load("[validation]\nmin_pages = 1\nrequired_patterns = ['a', '(b']\n").error().message,
              HasSubstr(file().string() + ":3: option 'required_patterns': '(b' is no regular expression"));
  EXPECT_THAT(load("[validation]\nseverity = 'skewd=off'\n").error().message,
              HasSubstr(":2: option 'severity': no finding is called 'skewd'"));
  EXPECT_THAT(load("[orc]\nlanguage = \"deu\"\n").error().message, HasSubstr("did you mean 'ocr.language'?"));
}

TEST(ConfigEnvironment, SetsOptionsOfStagesAndBeatsTheFile) {
  Config config;
  const auto& language = **find_option("ocr", "language");
  ASSERT_TRUE(load_environment(config, environment_of({{"DOCMILL_OCR_LANGUAGE", "deu"}})));
  ASSERT_TRUE(config.options().set("ocr", "language", "fra", ConfigSource::file, "file"));
  EXPECT_EQ(config.options().find(language)->value, "deu");
  EXPECT_EQ(config.options().find(language)->origin, "environment DOCMILL_OCR_LANGUAGE");
  EXPECT_THAT(load_environment(config, environment_of({{"DOCMILL_OCR_MODE", "x"}})).error().message,
              HasSubstr("environment DOCMILL_OCR_MODE: 'x' is no value of option 'mode'"));
}

TEST(ConfigEnvironment, IsReadUnderBothNamesAndThePrefixedOneWins) {
  Config config;
  ASSERT_TRUE(
      load_environment(config, environment_of({{"MAX_WORKERS", "3"}, {"MIN_WORKERS", "2"}, {"REDIS_URL", ""}})));
  EXPECT_EQ(config.integer("workers.max"), 3);
  EXPECT_EQ(config.integer("workers.min"), 2);
  EXPECT_EQ(config.value("workers.max").origin, "environment MAX_WORKERS");
  ASSERT_TRUE(load_environment(config, environment_of({{"MAX_WORKERS", "3"}, {"DOCMILL_WORKERS_MAX", "5"}})));
  EXPECT_EQ(config.integer("workers.max"), 5);
}

TEST(ConfigEnvironment, ABadValueNamesTheVariable) {
  Config config;
  EXPECT_THAT(load_environment(config, environment_of({{"MAX_WORKERS", "x"}})).error().message,
              HasSubstr("environment MAX_WORKERS: 'workers.max' must be"));
}

TEST(DataDirectory, FollowsTheConfigurationThenTheEnvironment) {
  Config config;
  EXPECT_EQ(data_directory(config, environment_of({{"HOME", "/h"}})), "/h/.local/share/docmill");
  EXPECT_EQ(data_directory(config, environment_of({{"XDG_DATA_HOME", "/d"}})), "/d/docmill");
  ASSERT_TRUE(config.set("store.data_dir", "/mine", ConfigSource::flag, "flag"));
  EXPECT_EQ(data_directory(config, environment_of({})), "/mine");
}

}  // namespace
}  // namespace docmill
