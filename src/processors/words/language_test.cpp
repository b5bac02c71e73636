#include "processors/words/language.hpp"

#include <gtest/gtest.h>

#include <array>

#include "processors/words/paragraphs.hpp"
#include "processors/words/stop_words.hpp"

namespace docmill::nlp {
namespace {

struct Sample {
  const char* code;
  const char* script;
  const char* text;
};

class Languages : public testing::TestWithParam<Sample> {};

TEST_P(Languages, AreToldFromASentence) {
  const auto guess = guess_language(GetParam().text);
  EXPECT_EQ(guess.code, GetParam().code);
  EXPECT_TRUE(guess.is_reliable);
  EXPECT_EQ(script_of(GetParam().text), GetParam().script);
}

INSTANTIATE_TEST_SUITE_P(
    Samples, Languages,
    testing::Values(
        Sample{"en", "Latn", "The committee decided that the old bridge should be measured again before winter comes."},
        Sample{"de", "Latn",
               "Der Ausschuss beschloss, dass die alte Brücke vor dem Winter noch einmal vermessen wird."},
        Sample{"fr", "Latn",
               "Le comité a décidé que le vieux pont devait être mesuré une nouvelle fois avant l'hiver."},
        Sample{"es", "Latn",
               "El comité decidió que el viejo puente debía medirse otra vez antes de que llegara el invierno."},
        Sample{"ru", "Cyrl", "Комитет решил, что старый мост нужно ещё раз измерить до наступления зимы."},
        Sample{"uk", "Cyrl", "Комітет вирішив, що старий міст треба ще раз виміряти до настання зими."},
        Sample{"el", "Grek", "Η επιτροπή αποφάσισε ότι η παλιά γέφυρα έπρεπε να μετρηθεί ξανά."},
        Sample{"ja", "Jpan", "委員会は冬になる前に古い橋をもう一度測ることに決めました。"},
        Sample{"zh", "Hani", "委员会决定在冬天来临之前再测量一次旧桥。"},
        Sample{"he", "Hebr", "הוועדה החליטה שיש למדוד שוב את הגשר הישן לפני החורף."}),
    [](const auto& test) { return std::string(test.param.code); });

TEST(Languages, OfJapaneseTextAreToldByAllItsScripts) {
  EXPECT_EQ(script_of("東京の研究 Latin"), "Jpan");
  EXPECT_EQ(guess_language("東京大学の研究所").confidence, 1);
}

TEST(Languages, OfMailsAreThoseOfTheirBodies) {
  constexpr std::string_view header =
      "Subject: From the office in London to the office in New York\nFrom: John Smith <john.smith@example.org>\n"
      "To: The Harbour Committee <committee@example.org>\nDate: Fri, 05 Jan 2024 10:00:00 +0100";
  EXPECT_TRUE(is_mail_header(header));
  EXPECT_FALSE(is_mail_header("From: John\nwith love"));
  EXPECT_EQ(guess_document_language(std::string(header) + "\n\nAnbei das Angebot für die Brücke.\n").code, "de");
  EXPECT_EQ(guess_document_language(std::string(header)).code, "en");
}

TEST(Languages, AreDoubtedInSingleWords) { EXPECT_LE(guess_language("Foobar").confidence, 0.5); }

TEST(Languages, AreGuessedFromFunctionWordsInShortTexts) {
  constexpr std::array cases{Sample{"de", "", "was ist das"}, Sample{"en", "", "where are you"},
                             Sample{"fr", "", "c'est pour vous"}};
  for (const auto& sample : cases) EXPECT_EQ(guess_language(sample.text).code, sample.code) << sample.text;
}

TEST(Languages, AreUnknownWithoutLetters) {
  EXPECT_EQ(guess_language("123 456.78 --- 9").code, "und");
  EXPECT_EQ(guess_language("").code, "und");
  EXPECT_EQ(script_of("12 + 3"), "Zyyy");
}

TEST(Languages, AreTakenFromTheHeadOfLongTextsBetweenCharacters) {
  std::string text;
  while (text.size() < 100'000) text += "Они решили ещё раз измерить старый мост. ";
  EXPECT_EQ(guess_language(text, 333).code, "ru");
}

TEST(StopWords, AreThoseOfTheLanguage) {
  EXPECT_TRUE(is_stop_word("en", "the"));
  EXPECT_TRUE(is_stop_word("de", "über"));
  EXPECT_FALSE(is_stop_word("de", "the"));
  EXPECT_FALSE(is_stop_word("xx", "the"));
  EXPECT_FALSE(has_stop_words("xx"));
}

}  // namespace
}  // namespace docmill::nlp
