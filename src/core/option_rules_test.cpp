#include "core/option_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/options.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;

Status judged(std::string_view pipeline, std::string_view options) {
  const auto resolved = resolve_options(pipeline, boost::json::parse(options).get_object());
  return resolved ? Status() : Status(resolved.error());
}

TEST(OptionRules, ToolsOnAWholePdfStandByThemselves) {
  for (const auto* options : {R"({"repair": true})", R"({"linearize": true, "steps": "none"})",
                              R"({"split_size": "10MB", "split_pages": 5, "decrypt": true, "cleaned": "none"})"}) {
    EXPECT_TRUE(judged("preprocessing", options)) << options;
  }
  EXPECT_THAT(judged("preprocessing", R"({"repair": true, "steps": "deskew"})").error().message,
              HasSubstr("option 'repair' writes the PDF as it is: no steps"));
  EXPECT_THAT(judged("preprocessing", R"({"split_pages": 2, "cleaned": "tiff"})").error().message,
              HasSubstr("option 'split_pages'"));
  EXPECT_THAT(judged("preprocessing,ocr", R"({"linearize": true})").error().message, HasSubstr("by itself"));
  EXPECT_TRUE(judged("preprocessing,ocr", R"({"linearize": false, "split_size": 0})"));
}

TEST(OptionRules, NothingAndSomethingExcludeEachOther) {
  EXPECT_THAT(judged("preprocessing", R"({"steps": "none,deskew"})").error().message, HasSubstr("not both"));
  EXPECT_FALSE(judged("ocr", R"({"normalize_text": ["nfc", "none"]})"));
  EXPECT_TRUE(judged("preprocessing", R"({"steps": "auto,binarize"})"));
  EXPECT_FALSE(judged("nlp", R"({"redact": "none,email"})"));
  EXPECT_FALSE(judged("validation", R"({"allowed_types": "any,pdf"})"));
}

TEST(OptionRules, SegmentationModesThatRecogniseNothingAreRefused) {
  for (const auto* options : {R"({"tesseract_pagesegmode": 0})", R"({"tesseract_pagesegmode": "2"})"}) {
    EXPECT_THAT(judged("preprocessing,ocr", options).error().message, HasSubstr("recognises no text")) << options;
  }
  EXPECT_TRUE(judged("ocr", R"({"tesseract_pagesegmode": 1})"));
}

TEST(OptionRules, NothingIsMaskedThatOtherOutputsShow) {
  EXPECT_TRUE(judged("ocr,nlp", R"({"redact": "all"})"));
  EXPECT_THAT(judged("ocr,nlp", R"({"redact": "all", "format": "txt,pdf"})").error().message,
              HasSubstr("would show what is masked"));
  EXPECT_TRUE(judged("ocr,nlp", R"({"format": "txt,pdf"})"));
  EXPECT_TRUE(judged("preprocessing,ocr,nlp", R"({"redact": "email"})"));
  EXPECT_FALSE(judged("preprocessing,ocr,nlp", R"({"redact": "email", "cleaned": "pdf"})"));
  EXPECT_FALSE(judged("preprocessing,ocr,nlp", R"({"redact": "email", "keep_steps": true})"));
  EXPECT_FALSE(judged("validation,nlp", R"({"redact": "email"})"));
  EXPECT_TRUE(judged("validation,nlp", R"({"redact": "email", "report": "none"})"));
}

TEST(OptionRules, SizesAreWholeBytes) {
  const auto resolved = resolve_options("preprocessing", {{"split_size", "1.5MB"}});
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->at("split_size"), boost::json::value(1'500'000));
  EXPECT_EQ(resolve_options("preprocessing", *resolved)->at("split_size"), resolved->at("split_size"));
  for (const auto* size : {R"("ten")", R"("-1")", "-1", "1.5", "true", R"("9999999TB")"}) {
    EXPECT_FALSE(judged("preprocessing", std::string(R"({"split_size": )") + size + "}")) << size;
  }
}

}  // namespace
}  // namespace docmill
