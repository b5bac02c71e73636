#include "processors/nlp/name_tagger.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstring>

namespace docmill::nlp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

Span whole(std::string_view text) { return {0, static_cast<std::uint32_t>(text.size())}; }

Strings tokens_of(std::string_view text) {
  std::vector<Span> tokens;
  name_tokens(text, whole(text), tokens);
  Strings result;
  for (const auto token : tokens) result.emplace_back(token.in(text));
  return result;
}

// "person Ann Brown": kind and value.
Strings names_in(const std::string& text) {
  Segmenter segmenter;
  const auto analysis = analyse(text, {}, segmenter);
  Strings result;
  for (const auto& name : find_names(analysis, NameModel::built_in())) {
    result.push_back(std::string(to_string(name.kind)) + " " + name.value);
  }
  return result;
}

TEST(NameTokens, PartMarksFromWords) {
  EXPECT_THAT(tokens_of("John's (old) well-known co., Zürich"),
              ElementsAre("John", "'s", "(", "old", ")", "well", "-", "known", "co", ".", ",", "Zürich"));
}

TEST(NameTokens, KeepAbbreviationsAndNamesWhole) {
  EXPECT_THAT(
      tokens_of("J. O’Brien of the U.S. and the U.S.A., Mr. Smith’s"),
      ElementsAre("J", ".", "O’Brien", "of", "the", "U.S.", "and", "the", "U.S.A.", ",", "Mr", ".", "Smith", "’s"));
}

TEST(NameTokens, CoverEveryCharacterButSpaceOfAnyText) {
  std::string text;
  for (int i = 0; i < 3; ++i) text += "'’'s’’ . . a.b.c. A.’x 😀é\u0301 \n'";
  std::vector<Span> tokens;
  name_tokens(text, whole(text), tokens);
  std::uint32_t done = 0;
  for (const auto token : tokens) {
    ASSERT_LT(token.begin, token.end);
    for (; done < token.begin; ++done) ASSERT_TRUE(is_space(text[done])) << done;
    done = token.end;
  }
  EXPECT_EQ(done, text.size());
}

TEST(NameFeatures, TellWhatListsHaveAPhrase) {
  const std::array phrases{std::min(hash_of("ann"), hash_of("new york")),
                           std::max(hash_of("ann"), hash_of("new york"))};
  const bool ann_first = phrases[0] == hash_of("ann");
  const std::array<std::uint8_t, 2> bits{ann_first ? std::uint8_t{1} : std::uint8_t{4},
                                         ann_first ? std::uint8_t{4} : std::uint8_t{1}};
  const NameLists lists(phrases, bits);
  EXPECT_EQ(lists.find(hash_of("ann")), NameLists::first_name);
  EXPECT_EQ(lists.find(hash_of("new york")), NameLists::place);
  EXPECT_EQ(lists.find(hash_of("york")), 0);
}

TEST(NameFeatures, KnowHowWordsAreWrittenElsewhere) {
  const std::string text = "Brown saw a brown dog , said Brown";
  std::vector<Span> tokens;
  name_tokens(text, whole(text), tokens);
  WordsOfDocument words;
  words.add(text, tokens);
  EXPECT_EQ(words.find(hash_of("brown")), WordsOfDocument::in_lower_case | WordsOfDocument::with_capital);
  EXPECT_EQ(words.find(hash_of("dog")), WordsOfDocument::in_lower_case);
  EXPECT_EQ(words.find(hash_of("cat")), 0);
}

// A model of two features, in the layout of the file.
std::vector<std::byte> small_model(FeatureHash begins_person, FeatureHash is_inside) {
  std::vector<std::byte> bytes;
  const auto add = [&](const auto& value) {
    const auto* const begin = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), begin, begin + sizeof value);
  };
  constexpr std::size_t labels = NameModel::label_count;
  std::array<std::array<float, labels>, labels> transitions{};
  for (auto& row : transitions) row[2] = -100;  // inside of a person …
  transitions[1][2] = 0;                        // … only behind its beginning
  add(std::array{'D', 'M', 'N', 'A', 'M', 'E', 'S', '1'});
  add(std::array<std::uint32_t, 2>{2, 0});
  add(0.5F);
  add(transitions);
  const auto first = std::min(begins_person, is_inside);
  const auto second = std::max(begins_person, is_inside);
  for (std::uint32_t upper = 0; upper <= 65536; ++upper)
    add((first >> 16U < upper ? 1U : 0U) + (second >> 16U < upper ? 1U : 0U));
  for (const auto feature : {first, second}) add(static_cast<std::uint16_t>(feature));
  for (const auto feature : {first, second}) {
    std::array<std::int8_t, labels> weights{};
    weights[feature == begins_person ? 1 : 2] = 10;
    add(weights);
  }
  return bytes;
}

TEST(NameModel, FindsTheLikeliestLabelsOfTheWholeSentence) {
  constexpr FeatureHash begins = 0x8000'0001;
  constexpr FeatureHash inside = 0x0001'0002;
  const auto bytes = small_model(begins, inside);
  const NameModel model(bytes);
  const std::vector<std::vector<FeatureHash>> sentence{{7}, {begins, 9}, {inside}, {}};
  EXPECT_THAT(model.tag(sentence), ElementsAre(0, 1, 2, 0));
  // The inside needs a beginning, and gets one though no feature says so.
  const std::vector<std::vector<FeatureHash>> lonely{{}, {inside}};
  EXPECT_THAT(model.tag(lonely), ElementsAre(1, 2));
  EXPECT_THAT(model.tag({}), IsEmpty());
}

TEST(Names, AreFoundInEnglish) {
  EXPECT_THAT(names_in("On Monday the chancellor Angela Merkel travelled from Berlin to London, where she spoke with "
                       "David Cameron about the plans of the United Nations."),
              ElementsAre("person Angela Merkel", "place Berlin", "place London", "person David Cameron",
                          "organisation United Nations"));
}

TEST(Names, AreFoundOverTheEndsOfLines) {
  EXPECT_THAT(
      names_in("In the evening the letter was read aloud by the president, George\nWashington, and by nobody else "
               "who was there."),
      ElementsAre("person George Washington"));
}

TEST(Names, AreNotLookedForInOtherLanguages) {
  EXPECT_THAT(names_in("Am Montag reiste die Kanzlerin Angela Merkel von Berlin nach London, wo sie mit David Cameron "
                       "über die Pläne der Vereinten Nationen sprach."),
              IsEmpty());
  EXPECT_THAT(names_in(""), IsEmpty());
}

TEST(Names, OfEndlessSentencesTakeTimeThatGrowsWithTheText) {
  std::string text = "the people of the town and the people of the village ";
  while (text.size() < 500'000) text += "McDonald O'Brien U.S.A. 'x’s New York Ü ";
  Segmenter segmenter;
  const auto analysis = analyse(text, {}, segmenter);
  ASSERT_EQ(analysis.paragraphs.front().language.code, "en");
  std::uint32_t end = 0;
  for (const auto& name : find_names(analysis, NameModel::built_in())) {
    ASSERT_LE(end, name.span.begin);
    ASSERT_LT(name.span.begin, name.span.end);
    end = name.span.end;
  }
  EXPECT_GT(end, 0U);
}

TEST(Names, StandWhereNoPatternFoundAnything) {
  std::vector<Entity> entities{{EntityKind::date, {10, 20}, ""}, {EntityKind::url, {30, 40}, ""}};
  add_names(entities, {{EntityKind::person, {0, 10}, ""},
                       {EntityKind::place, {19, 22}, ""},
                       {EntityKind::person, {22, 25}, ""},
                       {EntityKind::person, {28, 45}, ""},
                       {EntityKind::organisation, {50, 60}, ""}});
  std::vector<Span> spans;
  for (const auto& entity : entities) spans.push_back(entity.span);
  EXPECT_THAT(spans, ElementsAre(Span{0, 10}, Span{10, 20}, Span{22, 25}, Span{30, 40}, Span{50, 60}));
}

}  // namespace
}  // namespace docmill::nlp
