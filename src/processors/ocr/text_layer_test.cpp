#include "processors/ocr/text_layer.hpp"

#include <gtest/gtest.h>

#include "processors/ocr/render_test_support.hpp"
#include "processors/page_test_support.hpp"
#include "processors/page_text.hpp"

namespace docmill::ocr {
namespace {

TextPage layer_of(const std::string& text) {
  TextPage page;
  page.width = 595;
  page.height = 842;
  page.blocks = {block_of({line_of({{text, {100, 100, 200, 120}, 1}})})};
  return page;
}

TEST(TextLayers, WithoutWordsAreNone) {
  EXPECT_FALSE(has_words(TextPage()));
  EXPECT_FALSE(is_usable(TextPage()));
  EXPECT_TRUE(has_words(layer_of("word")));
}

TEST(TextLayers, InAnyScriptAreUsable) {
  for (const auto* text : {"word", "Grüße", "Привет", "中文字", "a😀b", "עברית"}) {
    EXPECT_TRUE(is_usable(layer_of(text))) << text;
  }
}

TEST(TextLayers, OfFontsThatDoNotSayWhatTheyShowAreNotUsable) {
  EXPECT_FALSE(is_usable(layer_of("\x01\x02\x03\x04")));
  EXPECT_FALSE(is_usable(layer_of("\uE001\uE002\uE003")));
  EXPECT_FALSE(is_usable(layer_of("\uFFFD\uFFFD ab")));
  EXPECT_TRUE(is_usable(layer_of("one odd \uFFFD in a long text of many other words")));
}

TEST(TextLayers, OfFontsThatNumberTheirLettersAreNotUsable) {
  EXPECT_FALSE(is_usable(layer_of("!\"#$%& '())$* $*+%*$ ,-&$.(//0 1&23$ 3#$%& ,244%33$$ (*)$&"))) << "Their rural …";
  EXPECT_FALSE(is_usable(layer_of("••••• •••• ••••••• •• ••••••")));
  EXPECT_TRUE(is_usable(layer_of("* * *"))) << "a page that says no more";
  EXPECT_TRUE(is_usable(layer_of("1 Objects ........................ 12")));
  EXPECT_TRUE(is_usable(layer_of("for (auto& [key, value] : map) { out[key] += (*value)->size() % 7; }")));
}

TEST(TextLayers, WithFewWordsAreSparse) {
  EXPECT_TRUE(is_sparse(layer_of("stamp")));
  auto page = layer_of("word");
  auto& words = page.blocks[0].paragraphs[0].lines[0].words;
  words.resize(40, words.front());
  EXPECT_FALSE(is_sparse(page));
  auto label = layer_of("label");
  label.width = 100;
  label.height = 60;
  EXPECT_FALSE(is_sparse(label));
}

TEST(TextLayers, AreComparedWithWhatIsSeen) {
  auto page = layer_of("stamp");
  auto drawn = white_page(595, 842);
  fill(drawn, 100, 100, 100, 20);
  EXPECT_FALSE(shows_more_than(page, drawn));
  fill(drawn, 100, 300, 300, 200);
  EXPECT_TRUE(shows_more_than(page, drawn));
}

}  // namespace
}  // namespace docmill::ocr
