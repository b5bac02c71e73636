#include "documents/text/charset.hpp"

#include <gtest/gtest.h>

#include <random>

namespace docmill {
namespace {

using namespace std::string_literals;

std::string text_of(std::string_view bytes, std::string_view declared = {}) {
  const auto decoded = decode_text(bytes, declared);
  return decoded ? decoded->utf8 : "(" + std::string(to_string(decoded.error().code)) + ")";
}

TEST(Charset, IsToldByMarksAndShape) {
  EXPECT_EQ(text_of("\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F"), "grüß");
  EXPECT_EQ(text_of("\xFF\xFEg\0r\0\xFC\0"s), "grü");
  EXPECT_EQ(text_of("\xFE\xFF\0g\0r\0\xFC"s), "grü");
  EXPECT_EQ(text_of("p\0l\0a\0i\0n\0"s), "plain");
  EXPECT_EQ(text_of("one\r\ntwo\rthree\n"), "one\ntwo\nthree\n");
}

TEST(Charset, IsTheDeclaredOneWhereItFits) {
  EXPECT_EQ(text_of("\xCF\xF0\xE8\xE2\xE5\xF2", "windows-1251"), "Привет");
  EXPECT_EQ(text_of("gr\xFC\xDF", "iso-8859-1"), "grüß");
  EXPECT_EQ(text_of("\x93quoted\x94", "ISO-8859-1"), "“quoted”");  // as browsers do
  EXPECT_EQ(text_of("gr\xC3\xBC\xC3\x9F", "iso-8859-1"), "grüß");  // it is UTF-8, whatever was declared
}

TEST(Charset, IsGuessedWhereNothingTells) {
  // "Комитет решил, что старый мост нужно ещё раз измерить" in KOI8-R.
  const auto text = text_of(
      "\xEB\xCF\xCD\xC9\xD4\xC5\xD4 \xD2\xC5\xDB\xC9\xCC, \xDE\xD4\xCF \xD3\xD4\xC1\xD2\xD9\xCA \xCD\xCF\xD3\xD4 "
      "\xCE\xD5\xD6\xCE\xCF \xC5\xDD\xA3 \xD2\xC1\xDA \xC9\xDA\xCD\xC5\xD2\xC9\xD4\xD8");
  EXPECT_EQ(text, "Комитет решил, что старый мост нужно ещё раз измерить");
}

TEST(Charset, MayBeThatOfMainframes) {
  EXPECT_EQ(
      text_of("\xE3\x88\x85\x40\x83\x96\x94\x94\x89\xA3\xA3\x85\x85\x40\x94\x85\xA3\x40\x89\x95\x40\xD4\x81\x99\x83\x88"
              "\x40\x81\x95\x84\x40\x94\x85\x81\xA2\xA4\x99\x85\x84\x40\xA3\x88\x85\x40\x96\x93\x84\x40\x82\x99\x89\x84"
              "\x87\x85\x40\x81\x87\x81\x89\x95\x4B"),
      "The committee met in March and measured the old bridge again.");
  // Wide spaces of Shift-JIS have the same byte.
  EXPECT_EQ(text_of("\x81\x40\x81\x40\x81\x40\x95\x69\x96\xBC\x81\x40\x81\x40\x81\x40\x81\x40\x90\x94\x97\xCA\x81\x40"
                    "\x81\x40\x81\x40\x92\x50\x89\xBF",
                    "shift_jis"),
            "　　　品名　　　　数量　　　単価");
}

TEST(Charset, IsUtf8ThoughSomeOfItIsDamaged) {
  std::string text;
  while (text.size() < 1000) text += "Grüße aus Köln, wo es heute regnet. ";
  const auto from_second_byte = text_of(("ü" + text).substr(1));
  EXPECT_EQ(from_second_byte, "\uFFFD" + text);
  EXPECT_EQ(text_of(text + "\xFF" + text), text + "\uFFFD" + text);
}

TEST(Charset, MayShiftBetweenCharacterSetsInSevenBits) {
  constexpr std::string_view japanese = "\x1B$B$3$s$K$A$O\x1B(B, ABC";
  EXPECT_EQ(text_of(japanese, "ISO-2022-JP"), "こんにちは, ABC");
  EXPECT_EQ(text_of(japanese), "こんにちは, ABC");
  EXPECT_EQ(text_of("\x1B[31mred\x1B[0m or größer"), "\x1B[31mred\x1B[0m or größer") << "a terminal's colours";
}

TEST(Charset, IsNotFoundInBinaryData) {
  std::mt19937 random(7);
  std::string noise(5000, '\0');
  for (auto& c : noise) c = static_cast<char>(random());
  EXPECT_EQ(text_of(noise), "(unsupported_type)");
}

// Bytes above 0x7F only, all alike likely: neither binary by its controls nor text in any encoding.
TEST(Charset, GivesUpOnGarble) {
  std::mt19937 random(7);
  std::string garble(5000, '\0');
  for (auto& c : garble) c = static_cast<char>(0x80 + random() % 0x80);
  const auto decoded = decode_text(garble);
  if (!decoded) {
    EXPECT_EQ(decoded.error().code, ErrorCode::unreadable);
    EXPECT_EQ(decoded.error().message, "The text is in no encoding that docmill knows.");
  } else {
    ADD_FAILURE() << "taken for " << decoded->encoding;
  }
}

}  // namespace
}  // namespace docmill
