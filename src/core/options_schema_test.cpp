#include "core/options_schema.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <vector>

#include "core/options.hpp"

namespace docmill {
namespace {

TEST(OptionsSchema, HasAPropertyForEveryOptionOfThePipeline) {
  const std::vector<std::string> stages{"ocr", "nlp"};
  const auto schema = options_schema(stages);
  const auto defaults = resolve_options("ocr,nlp", {});
  ASSERT_TRUE(defaults);
  const auto& properties = schema.at("properties").get_object();
  EXPECT_EQ(properties.size(), defaults->size());
  for (const auto& item : *defaults) {
    EXPECT_EQ(properties.at(item.key()).at("default"), item.value()) << item.key();
  }
}

TEST(OptionsSchema, SaysWhatTheTableSays) {
  const std::vector<std::string> stages{"ocr"};
  const auto schema = options_schema(stages);
  const auto& properties = schema.at("properties");
  EXPECT_EQ(properties.at("mode").at("enum"), (boost::json::array{"auto", "force", "skip", "redo"}));
  EXPECT_EQ(properties.at("format").at("type"), "array");
  EXPECT_EQ(properties.at("oversample").at("minimum"), 72);
  EXPECT_EQ(properties.at("password").at("writeOnly"), true);
}

}  // namespace
}  // namespace docmill
