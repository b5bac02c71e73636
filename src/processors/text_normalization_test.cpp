#include "processors/text_normalization.hpp"

#include <gtest/gtest.h>

#include "core/options.hpp"

namespace docmill {
namespace {

std::string joined(const std::string& text) { return normalized(text, {.hyphenation = true}); }

TEST(TextNormalization, composes_characters) {
  EXPECT_EQ(normalized("u\u0308ber", {.nfc = true}), "\u00FCber");
  EXPECT_EQ(normalized("\u2126", {.nfc = true}), "\u03A9");              // the sign for ohm is an omega
  EXPECT_EQ(normalized("\uFB01\u00B2", {.nfc = true}), "\uFB01\u00B2");  // what only looks alike stays
}

TEST(TextNormalization, takes_ligatures_apart) {
  EXPECT_EQ(normalized("o\uFB03ce \uFB01nd \uFB02ow e\uFB00ect \uFB06op", {.ligatures = true}),
            "office find flow effect stop");
  EXPECT_EQ(normalized("\u00E6on", {.ligatures = true}), "\u00E6on");  // a letter, no ligature
}

TEST(TextNormalization, joins_words_that_are_cut_at_the_ends_of_lines) {
  EXPECT_EQ(joined("an exam-\nple of it\nend\n"), "an example\nof it\nend\n");
  EXPECT_EQ(joined("an exam\u2010\nple\nend\n"), "an example\nend\n");
  EXPECT_EQ(joined("un-\nbe-\nlievable things\n"), "unbelievable\nthings\n");
  EXPECT_EQ(joined("über-\nmäßig, so\n"), "übermäßig,\nso\n");
  EXPECT_EQ(joined("exam-\nple"), "example");
}

TEST(TextNormalization, leaves_hyphens_that_may_be_the_words_own) {
  for (const auto* text : {"1914-\n1918\n", "Jean-\nPaul\n", "Haupt- und\n", "Haupt-\nund Nebensatz\n", "a -\nlist\n",
                           "exam-\n\nple\n", "exam-\n", "see https://example.org/a-\nb.html\n", "ann@my-\nfirm.org\n",
                           "-\nple\n", "exam-", "page-\n\fple\n", "a well-known case\na well-\nknown case\n"}) {
    EXPECT_EQ(joined(text), text);
  }
}

TEST(TextNormalization, takes_soft_hyphens_out) {
  EXPECT_EQ(joined("Donau\u00ADdampf\u00AD\nSchiff fahrt\n"), "DonaudampfSchiff\nfahrt\n");
}

TEST(TextNormalization, does_only_what_is_asked_for) {
  const std::string text = "u\u0308 \uFB01 exam-\nple\n";
  EXPECT_EQ(normalized(text, {}), text);
  const auto resolved = resolve_options("ocr", {{"normalize_text", "nfc,hyphenation"}});
  ASSERT_TRUE(resolved);
  EXPECT_EQ(normalized(text, TextNormalization::from(*resolved)), "\u00FC \uFB01 example\n");
  const auto all = resolve_options("ocr", {{"normalize_text", "all"}});
  EXPECT_EQ(normalized(text, TextNormalization::from(*all)), "\u00FC fi example\n");
  EXPECT_TRUE(TextNormalization::from(*resolve_options("ocr", {})).does_nothing());
}

TEST(TextNormalization, takes_time_in_proportion_to_the_text) {
  std::string cut;
  for (int i = 0; i < 300'000; ++i) cut += "x-\n";
  EXPECT_EQ(joined(cut + "y\n").size(), 300'002U);
  EXPECT_EQ(joined(std::string(1'000'000, '-')).size(), 1'000'000U);
}

}  // namespace
}  // namespace docmill
