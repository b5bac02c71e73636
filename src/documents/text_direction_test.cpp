#include "documents/text_direction.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace docmill {
namespace {

// Words as they stand from left to right, brought into reading order and joined by spaces.
std::string read(std::initializer_list<std::string> words, bool* right_to_left = nullptr) {
  Line line;
  for (const auto& text : words) line.words.emplace_back().text = text;
  to_reading_order(line);
  if (right_to_left) *right_to_left = line.right_to_left;
  std::string text;
  for (const auto& word : line.words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

TEST(ReadingOrder, leaves_other_scripts_alone) {
  bool right_to_left = true;
  EXPECT_EQ(read({"Größe", "12", "Ω", "漢字"}, &right_to_left), "Größe 12 Ω 漢字");
  EXPECT_FALSE(right_to_left);
}

TEST(ReadingOrder, turns_words_and_letters_of_hebrew_around) {
  bool right_to_left = false;
  EXPECT_EQ(read({"םלוע", "םולש"}, &right_to_left), "שלום עולם");
  EXPECT_TRUE(right_to_left);
}

TEST(ReadingOrder, keeps_numbers_and_latin_words_within_it) {
  EXPECT_EQ(read({"45", "km", "םלוע", "םולש", "1234"}), "1234 שלום עולם 45 km");
  EXPECT_EQ(read({"12-א"}), "א-12");
}

TEST(ReadingOrder, turns_only_the_foreign_words_of_a_latin_line) {
  bool right_to_left = true;
  EXPECT_EQ(read({"they", "say", "םלוע", "םולש", "in", "Haifa"}, &right_to_left), "they say שלום עולם in Haifa");
  EXPECT_FALSE(right_to_left);
}

TEST(ReadingOrder, takes_a_line_without_words) { EXPECT_EQ(read({}), ""); }

}  // namespace
}  // namespace docmill
