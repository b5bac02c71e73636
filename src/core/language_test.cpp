#include "core/language.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace docmill {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> models(std::string_view given) {
  const auto languages = engine_languages(given);
  EXPECT_TRUE(languages) << languages.error().message;
  return languages ? *languages : std::vector<std::string>();
}

TEST(Languages, AreUnderstoodInEverySpelling) {
  EXPECT_THAT(models("en"), ElementsAre("eng"));
  EXPECT_THAT(models("eng"), ElementsAre("eng"));
  EXPECT_THAT(models("EN"), ElementsAre("eng"));
  EXPECT_THAT(models("de"), ElementsAre("deu"));
  EXPECT_THAT(models("ger"), ElementsAre("deu"));
  EXPECT_THAT(models("fre"), ElementsAre("fra"));
  EXPECT_THAT(models("zh"), ElementsAre("chi_sim"));
}

TEST(Languages, KeepTheirOrderAndStandOnce) {
  EXPECT_THAT(models("en+de"), ElementsAre("eng", "deu"));
  EXPECT_THAT(models("deu,en"), ElementsAre("deu", "eng"));
  EXPECT_THAT(models("en+eng+de+ger"), ElementsAre("eng", "deu"));
}

TEST(Languages, OfNobodysAreKeptForTheUsersOwnModels) {
  EXPECT_THAT(models("my_typewriter"), ElementsAre("my_typewriter"));
  EXPECT_THAT(models("script/Latin"), ElementsAre("script/Latin"));
}

TEST(Languages, ThatCouldLeadElsewhereAreRefused) {
  for (const auto* name : {"", "+", "../eng", "/etc/eng", "eng\n", "en g", "eng;deu"}) {
    const auto languages = engine_languages(name);
    ASSERT_FALSE(languages) << name;
    EXPECT_EQ(languages.error().code, ErrorCode::invalid_option);
  }
}

TEST(Languages, ThatAreMissingNameTheirPackage) {
  EXPECT_EQ(missing_language("fra", "/models/").message,
            "language 'fra' is not installed on this machine: apt-get install tesseract-ocr-fra");
  EXPECT_THAT(missing_language("chi_sim", "/models/").message, HasSubstr("tesseract-ocr-chi-sim"));
}

TEST(Languages, ThatNobodyKnowsNameTheNearest) {
  const auto message = missing_language("enf", "/models/").message;
  EXPECT_THAT(message, HasSubstr("no language is called 'enf'"));
  EXPECT_THAT(message, HasSubstr("/models/"));
  EXPECT_THAT(message, HasSubstr("did you mean"));
  EXPECT_THAT(missing_language("my_typewriter", "/models/").message, Not(HasSubstr("did you mean")));
}

}  // namespace
}  // namespace docmill
