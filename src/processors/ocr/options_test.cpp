#include "processors/ocr/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/options.hpp"

namespace docmill::ocr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<OcrOptions> parse_ocr_options(std::string_view text) {
  DOCMILL_TRY(resolved, resolve_options("ocr", boost::json::parse(text).as_object()));
  return read_ocr_options(resolved);
}

std::string refusal(std::string_view options) {
  const auto parsed = parse_ocr_options(options);
  if (parsed) return "accepted";
  EXPECT_EQ(parsed.error().code, ErrorCode::invalid_option);
  return parsed.error().message;
}

TEST(OcrOptions, HaveDefaultsForAll) {
  const auto options = parse_ocr_options("{}");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_THAT(options->engine.languages, ElementsAre("eng"));
  EXPECT_THAT(options->formats, ElementsAre("txt"));
  EXPECT_EQ(options->mode, Mode::automatic);
  EXPECT_EQ(options->segmentation_mode, 3);
  EXPECT_TRUE(options->prepare);
}

TEST(OcrOptions, TakeWhatIsGiven) {
  const auto options = parse_ocr_options(
      R"({"language":"de+en","mode":"redo","format":["pdf","txt","pdf"],"tesseract_pagesegmode":6,"prepare":false,
          "user_words":"docmill","tesseract_oem":1,"retry_below":"0.25","skip_big":20.5})");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->language_names(), "deu+eng");
  EXPECT_EQ(options->engine.user_words, "docmill");
  EXPECT_EQ(options->engine.mode, 1);
  EXPECT_EQ(options->retry_below, 0.25);
  EXPECT_EQ(options->skip_big, 20.5);
  EXPECT_THAT(options->formats, ElementsAre("pdf", "txt"));
  EXPECT_EQ(options->mode, Mode::redo);
  EXPECT_EQ(options->segmentation_mode, 6);
  EXPECT_FALSE(options->prepare);
}

TEST(OcrOptions, TakeASidecarForText) {
  EXPECT_THAT(parse_ocr_options(R"({"sidecar":true,"format":"pdf"})")->formats, ElementsAre("txt", "pdf"));
  EXPECT_THAT(parse_ocr_options(R"({"sidecar":true,"format":"pdf,txt"})")->formats, ElementsAre("txt", "pdf"));
}

TEST(OcrOptions, AreRefusedWithTheReason) {
  EXPECT_THAT(refusal(R"({"langauge":"en"})"), HasSubstr("did you mean 'language'"));
  EXPECT_THAT(refusal(R"({"mode":"forse"})"), HasSubstr("did you mean 'force'"));
  EXPECT_THAT(refusal(R"({"language":""})"), HasSubstr("for example: en, eng, eng+deu"));
}

}  // namespace
}  // namespace docmill::ocr
