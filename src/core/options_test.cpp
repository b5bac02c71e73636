#include "core/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>

namespace docmill {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

json::object object(std::string_view text) { return json::parse(text).get_object(); }

TEST(Pipeline, NamesItsStagesInOrder) { EXPECT_EQ(*parse_pipeline("ocr"), std::vector<std::string>{"ocr"}); }

TEST(Pipeline, RefusesWhatIsNoStageAndNamesTheNearest) {
  EXPECT_THAT(parse_pipeline("orc").error().message, HasSubstr("did you mean 'ocr'?"));
  EXPECT_FALSE(parse_pipeline(""));
  EXPECT_FALSE(parse_pipeline("ocr,ocr"));
  for (const auto* pipeline : {"ocr,", ",ocr", "ocr,,nlp", ","})
    EXPECT_THAT(parse_pipeline(pipeline).error().message, HasSubstr("has a comma without a stage")) << pipeline;
}

TEST(Pipeline, RefusesOrdersThatMakeNoSense) {
  EXPECT_THAT(parse_pipeline("noop,ocr").error().message, HasSubstr("stands alone"));
  EXPECT_EQ(parse_pipeline("ocr,preprocessing").error().message,
            "stage 'preprocessing' must stand before 'ocr': what is read already gains nothing from cleaner pixels");
  EXPECT_THAT(parse_pipeline("nlp,ocr").error().message, HasSubstr("'ocr' must stand before 'nlp'"));
  EXPECT_TRUE(parse_pipeline("ocr,nlp"));
  EXPECT_TRUE(parse_pipeline("preprocessing,ocr,nlp"));
  EXPECT_THAT(parse_pipeline("preprocessing,nlp").error().message, HasSubstr("put 'ocr' between"));
}

TEST(Pipeline, TakesTextsWhereOneOfItsStagesDoes) {
  EXPECT_TRUE(reads_texts(*parse_pipeline("nlp")));
  EXPECT_TRUE(reads_texts(*parse_pipeline("preprocessing,ocr,nlp")));
  EXPECT_FALSE(reads_texts(*parse_pipeline("preprocessing,ocr")));
  EXPECT_FALSE(reads_texts("ocr"));
}

TEST(Options, DefaultsAreFilledIn) {
  const auto resolved = resolve_options("ocr", {});
  ASSERT_TRUE(resolved);
  for (const auto& spec : all_options()) {
    if (!applies_to(spec, "ocr")) continue;
    EXPECT_EQ(resolved->at(spec.name), json::parse(spec.default_value)) << spec.name;
  }
  EXPECT_FALSE(resolved->contains("sleep_ms"));
}

TEST(Options, EveryDefaultIsAValidValue) {
  for (const auto& spec : all_options()) {
    json::object given;
    given[spec.name] = json::parse(spec.default_value);
    EXPECT_TRUE(resolve_options(spec.stage == every_stage ? "ocr" : spec.stage, given)) << spec.name;
  }
}

TEST(Options, TextBecomesTheTypeOfTheOption) {
  const auto resolved = resolve_options(
      "ocr", object(R"({"format": "txt,pdf", "oversample": "400", "prepare": "false", "mode": "force"})"));
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_EQ(resolved->at("format"), json::parse(R"(["txt","pdf"])"));
  EXPECT_EQ(resolved->at("oversample"), json::value(400));
  EXPECT_EQ(resolved->at("prepare"), json::value(false));
}

TEST(Options, WrongValuesAreRefusedWithASentence) {
  for (const auto* given :
       {R"({"oversample": "fast"})", R"({"oversample": 12})", R"({"oversample": 300.5})", R"({"oversample": "300dpi"})",
        R"({"format": "txt,doc"})", R"({"format": "txt,"})", R"({"format": ["txt", ""]})", R"({"format": []})",
        R"({"format": [1]})", R"({"mode": "atuo"})", R"({"prepare": 3})", R"({"language": 7})",
        R"({"oversample": 1e300})"}) {
    const auto resolved = resolve_options("ocr", object(given));
    ASSERT_FALSE(resolved) << given;
    EXPECT_EQ(resolved.error().code, ErrorCode::invalid_option);
    EXPECT_THAT(resolved.error().message, HasSubstr("option")) << given;
  }
  EXPECT_THAT(resolve_options("ocr", object(R"({"mode": "atuo"})")).error().message, HasSubstr("did you mean 'auto'?"));
}

TEST(Options, TextIsUtf8) {
  json::object given;
  given["user_words"] = "caf\xe9";
  EXPECT_EQ(resolve_options("ocr", given).error().message, "option 'user_words' must be text in UTF-8");
  given["user_words"] = "caf\u00e9\n\"\\";
  EXPECT_TRUE(resolve_options("ocr", given));
}

TEST(Options, AnUnknownOptionNamesTheNearest) {
  EXPECT_THAT(resolve_options("ocr", object(R"({"langage": "eng"})")).error().message,
              HasSubstr("did you mean 'language'?"));
  EXPECT_EQ(resolve_options("ocr", object(R"({"steps": "deskew"})")).error().message,
            "pipeline ocr has no option 'steps'; stage 'preprocessing' has it");
  EXPECT_EQ(find_option("ocr", "oversample").error().message,
            "stage 'ocr' has no option 'oversample'; documents have it");
  EXPECT_FALSE(resolve_options("noop", object(R"({"language": "eng"})")));
}

TEST(Nearest, IsTheNameWithTheLeastChangesIfTheyAreFew) {
  constexpr std::array<std::string_view, 3> names{"language", "mode", "pages"};
  EXPECT_EQ(nearest("langauge", names), "language");
  EXPECT_EQ(nearest("mod", names), "mode");
  constexpr std::array<std::string_view, 2> flags{"--from", "--format"};
  EXPECT_EQ(nearest("--fromat", flags), "--format") << "letters swapped are one change";
  EXPECT_EQ(nearest("completely-else", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
}

}  // namespace
}  // namespace docmill
