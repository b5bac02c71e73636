#include "processors/words/language_model.hpp"

#include <fasttext/fasttext.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace docmill::nlp {
namespace {

using testing::HasSubstr;

class LanguageModels : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(directory_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string file(std::string_view name) const { return directory_ + "/" + std::string(name); }

  // A model of two classes, as `fasttext supervised` makes them.
  std::string train(const std::string& first, const std::string& second) const {
    std::ofstream lines(file("lines"));
    for (int i = 0; i < 40; ++i) {
      lines << first << " the harbour master counted the boats twice before the storm\n"
            << second << " der Hafenmeister zählte die Boote zweimal vor dem Sturm\n";
    }
    lines.close();
    fasttext::Args arguments;
    arguments.parseArgs({"fasttext", "supervised", "-input",  file("lines"), "-output",  file("model"), "-dim",   "8",
                         "-minn",    "2",          "-maxn",   "4",           "-bucket",  "2000",        "-epoch", "20",
                         "-lr",      "0.5",        "-thread", "1",           "-verbose", "0",           "-seed",  "1"});
    fasttext::FastText model;
    model.train(arguments);
    model.saveModel(file("model.bin"));
    return file("model.bin");
  }

 private:
  std::string directory_ = (std::filesystem::temp_directory_path() / "docmill-language-XXXXXX").string();
};

TEST_F(LanguageModels, TellLanguagesOverLineBreaks) {
  const auto model = LanguageModel::load(train("__label__en", "__label__de"));
  ASSERT_TRUE(model) << model.error().message;
  const auto english = model->guess("the master counted\nthe boats\n");
  EXPECT_EQ(english.code, "en");
  EXPECT_TRUE(english.is_reliable);
  EXPECT_LE(english.confidence, 1);
  EXPECT_EQ(model->guess("der Hafenmeister\r\nzählte die Boote").code, "de");
}

TEST_F(LanguageModels, SayNothingOfNoWords) {
  const auto model = LanguageModel::load(train("__label__en", "__label__de"));
  ASSERT_TRUE(model);
  EXPECT_FALSE(model->guess("").is_reliable);
}

TEST_F(LanguageModels, AreRefusedIfTheyTellOtherThingsApart) {
  const auto model = LanguageModel::load(train("__label__POSITIVE", "__label__negative"));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::unreadable);
  EXPECT_THAT(model.error().message, HasSubstr("is no language"));
}

TEST_F(LanguageModels, AreRefusedIfTheyAreNone) {
  std::ofstream(file("text")) << "no model";
  EXPECT_THAT(LanguageModel::load(file("text")).error().message, HasSubstr(file("text")));
  EXPECT_EQ(LanguageModel::load(file("missing")).error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace docmill::nlp
