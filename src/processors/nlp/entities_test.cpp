#include "processors/nlp/entities.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <random>

#include "processors/nlp/entity_finders.hpp"

namespace docmill::nlp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "date 2026-01-31": kind and value.
std::vector<std::string> found_in(std::string_view text, std::string_view language = "en") {
  std::vector<std::string> result;
  for (const auto& entity : find_entities(text, language)) {
    result.push_back(std::string(to_string(entity.kind)) + " " + entity.value);
  }
  return result;
}

TEST(Entities, AreBroughtIntoOneForm) {
  EXPECT_THAT(found_in("On March 5, 2024 and 5.3.2024; 29 February, May 2023"),
              ElementsAre("date 2024-03-05", "date 2024-03-05", "date --02-29", "date 2023-05"));
  EXPECT_THAT(found_in("$3.2 billion, 1.234,56 €, £950m, EUR 4,500.00, 3 Mio. Euro"),
              ElementsAre("money $ 3200000000", "money EUR 1234.56", "money GBP 950000000", "money EUR 4500.00",
                          "money EUR 3000000"));
  EXPECT_THAT(found_in("+49 (0)89 123456-0 or 00 44 20 7946 0958"),
              ElementsAre("phone +49891234560", "phone +442079460958"));
  EXPECT_THAT(found_in("DE89 3704 0044 0532 0130 00 BANK"), ElementsAre("iban DE89370400440532013000"));
  EXPECT_THAT(found_in("DE89 3704 0044\n0532 0130 00"), ElementsAre("iban DE89370400440532013000"));
  EXPECT_THAT(found_in("DE89\u00A03704\u00A00044 0532 0130 00"), ElementsAre("iban DE89370400440532013000"));
  EXPECT_THAT(found_in("4111-1111-1111-1111"), ElementsAre("card 4111111111111111"));
  EXPECT_THAT(found_in("2024-03-05T12:00:00Z, not 2024-03-05a"), ElementsAre("date 2024-03-05"));
}

TEST(Entities, ReadAmbiguousDatesByLanguage) {
  EXPECT_THAT(found_in("03/04/2026", "en"), ElementsAre("date 2026-03-04"));
  EXPECT_THAT(found_in("03/04/2026", "fr"), ElementsAre("date 2026-04-03"));
  EXPECT_THAT(found_in("03.04.2026", "en"), ElementsAre("date 2026-04-03"));
  EXPECT_THAT(found_in("23/04/2026", "en"), ElementsAre("date 2026-04-23"));
}

TEST(Entities, MustBeInTheCalendar) {
  EXPECT_THAT(found_in("31 April 2024, 29.02.2023, 2024-13-01, 0.0.2024"), ElementsAre("date 2024-04"));
  EXPECT_THAT(found_in("29.02.2024"), ElementsAre("date 2024-02-29"));
}

TEST(Entities, MustHaveRightCheckDigits) {
  EXPECT_TRUE(is_iban("GB82WEST12345698765432"));
  EXPECT_FALSE(is_iban("GB82WEST12345698765423"));
  EXPECT_FALSE(is_iban("GB82WEST1234569876543"));
  EXPECT_FALSE(is_iban("ZZ82WEST12345698765432"));
  EXPECT_EQ(iban_length("DE"), 22U);
  EXPECT_EQ(iban_length("ZZ"), 0U);
  EXPECT_TRUE(is_card_number("5555555555554444"));
  EXPECT_FALSE(is_card_number("5555555555554445"));
  EXPECT_FALSE(is_card_number("1111111111111117"));  // no network begins so
}

TEST(Entities, OfCardsMayFollowEachOther) {
  EXPECT_THAT(found_in("4111 1111 1111 1111 5500 0000 0000 0004 4012-8888-8888-1881"),
              ElementsAre("card 4111111111111111", "card 5500000000000004", "card 4012888888881881"));
  EXPECT_THAT(found_in("4111111111111111 5500000000000004"),
              ElementsAre("card 4111111111111111", "card 5500000000000004"));
  EXPECT_THAT(found_in("4111 1111 1111 1111 12/25 123"), ElementsAre("card 4111111111111111"));
  EXPECT_THAT(found_in("4111\u00A01111\u00A01111\u00A01111"), ElementsAre("card 4111111111111111"));
  EXPECT_THAT(found_in("3782 822463 10005 7421"), ElementsAre("card 378282246310005"));
  EXPECT_THAT(found_in("4111 1111 1111 1111 2345 6789"), IsEmpty()) << "a row of a table";
  EXPECT_THAT(found_in("4111-1111 1111-1111"), IsEmpty());
}

TEST(Entities, AreNoPartOfTheWordsAroundThemWhereNoSpacesAreWritten) {
  EXPECT_THAT(found_in("メールはann@example.jpです。例え@例え.jp", "ja"),
              ElementsAre("email ann@example.jp", "email 例え@例え.jp"));
  EXPECT_THAT(found_in("网址https://example.cn/页。金额为￥1,234.50或¥500，请于2023年12月31日前", "zh"),
              ElementsAre("url https://example.cn/页", "money ¥ 1234.50", "money ¥ 500", "date 2023-12-31"));
  EXPECT_THAT(found_in("2023년 12월 31일, 2024年5月", "ko"), ElementsAre("date 2023-12-31", "date 2024-05"));
}

TEST(Entities, OfPhonesAndDatesMayHaveNoBreakSpaces) {
  EXPECT_THAT(found_in("le 3\u00A0mars\u00A02024, March\u00A05,\u00A02024"),
              ElementsAre("date 2024-03-03", "date 2024-03-05"));
  EXPECT_THAT(
      found_in("01\u00A023\u00A045\u00A067\u00A089, (212)\u00A0555\u00A00123, 030\u00A01234567, 912\u00A0345\u00A0678"),
      ElementsAre("phone 0123456789", "phone 2125550123", "phone 0301234567", "phone 912345678"));
}

TEST(Entities, AreNoPhonesWhereTheyAreMillions) {
  EXPECT_THAT(found_in("Llame al 912 345 678."), ElementsAre("phone 912345678"));
  EXPECT_THAT(found_in("SIRET 732 829 320 00074, et 650 000 000 habitants", "fr"), IsEmpty());
  EXPECT_THAT(found_in("Tel.: 0 30 / 123 45 67", "de"), ElementsAre("phone 0301234567"));
}

TEST(Entities, EndBeforePunctuation) {
  const std::string_view text =
      "See https://example.com/a_(b), (www.example.org). Ask me@example.com. http://[::1]/x "
      "http://example.org/[12:30]. "
      "http://example.org/[23/11 12:30]";
  std::vector<std::string> pieces;
  for (const auto& entity : find_entities(text, "en")) pieces.emplace_back(entity.span.in(text));
  EXPECT_THAT(pieces, ElementsAre("https://example.com/a_(b)", "www.example.org", "me@example.com", "http://[::1]/x",
                                  "http://example.org/[12:30]", "http://example.org/"));
}

TEST(Entities, DoNotOverlap) {
  EXPECT_THAT(found_in("https://example.com/2024-03-05/4111111111111111"),
              ElementsAre("url https://example.com/2024-03-05/4111111111111111"));
}

TEST(Entities, ThatAreAskedForFirstAreFoundWithinOthers) {
  constexpr std::string_view text = "https://example.com/?iban=DE89370400440532013000&to=ann@example.com";
  const auto pieces = [&](const std::vector<EntityKind>& first) {
    std::vector<std::string> result;
    for (const auto& entity : find_entities(text, "en", first)) result.emplace_back(entity.span.in(text));
    return result;
  };
  EXPECT_THAT(pieces({EntityKind::url}), ElementsAre(text));
  EXPECT_THAT(pieces({EntityKind::iban}), ElementsAre("DE89370400440532013000"));
}

TEST(Redaction, KeepsThePlacesOfAllOtherCharacters) {
  const std::string text = "Größe: schreiben Sie an max.müller@example.de, ja.";
  const auto masked = redact(text, find_entities(text, "de"));
  EXPECT_EQ(masked, "Größe: schreiben Sie an █████████████████████, ja.");
  EXPECT_EQ(count_code_points(masked), count_code_points(text));
}

TEST(Redaction, LeavesNothingOfTheKindBehind) {
  const std::string text = "Pay 4111 1111 1111 1111 by 5 May 2024 or call +49 30 1234567.";
  EXPECT_THAT(find_entities(redact(text, find_entities(text, "en")), "en"), IsEmpty());
}

// A table of figures must not cost the square of its length.
TEST(Entities, AreFoundInTimeThatGrowsWithTheText) {
  std::string text;
  while (text.size() < 1'000'000) text += "030 1234567 4111 1111 1111 1111 1.1.2024 ";
  const auto begin = std::chrono::steady_clock::now();
  const auto found = find_entities(text, "de");
  EXPECT_GT(found.size(), 70'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

// Minified JSON and Base64 are one word of any length.
TEST(Entities, AreFoundInWordsWithoutEnd) {
  std::string text = "{";
  std::size_t pairs = 0;
  for (; text.size() < 1'000'000; ++pairs) text += "\"a\":\"ann@example.org\",\"n\":\"4111-1111-1111-1111\",";
  text += "}www.example.org" + std::string(100'000, ')');
  const auto begin = std::chrono::steady_clock::now();
  const auto found = find_entities(text, "en");
  EXPECT_EQ(found.size(), 2 * pairs + 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Entities, SurviveAnything) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> pieces{"1",   "0",    "49", "2024", "(", ")", "+",   "-",  ".", "/",  " ", "\n", "@",
                                        "://", "www.", "a",  "com",  "€", "$", "May", "de", "’", "DE", "█", "é",  "😀"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const auto length = random() % 30;
    for (unsigned i = 0; i < length; ++i) text += pieces[random() % pieces.size()];
    std::uint32_t end = 0;
    for (const auto& entity : find_entities(text, "en")) {
      ASSERT_LE(end, entity.span.begin) << text;
      ASSERT_LT(entity.span.begin, entity.span.end) << text;
      end = entity.span.end;
    }
    ASSERT_LE(end, text.size()) << text;
  }
}

// The gold set, in one place for all languages: what is found must be right, and what is there must be found.
TEST(Entities, AreThoseOfTheGoldSet) {
  std::ifstream file(DOCMILL_CORPUS "/nlp/entities.txt");
  ASSERT_TRUE(file) << DOCMILL_CORPUS;
  int right = 0;
  int wrong = 0;
  int missed = 0;
  std::string details;
  for (std::string line; std::getline(file, line);) {
    const auto language = line.substr(0, line.find('\t'));
    std::string text;
    std::vector<std::pair<std::string, Span>> expected;
    for (std::size_t i = line.find('\t') + 1; i < line.size(); ++i) {
      if (line.compare(i, 2, "[[") != 0) {
        text += line[i];
        continue;
      }
      const auto bar = line.find('|', i);
      const auto end = line.find("]]", i);
      const auto begin = static_cast<std::uint32_t>(text.size());
      text += line.substr(bar + 1, end - bar - 1);
      expected.emplace_back(line.substr(i + 2, bar - i - 2), Span{begin, static_cast<std::uint32_t>(text.size())});
      i = end + 1;
    }
    for (const auto& entity : find_entities(text, language)) {
      const auto known =
          std::find(expected.begin(), expected.end(), std::pair(std::string(to_string(entity.kind)), entity.span));
      if (known == expected.end()) {
        ++wrong;
        details += "  wrong: " + std::string(to_string(entity.kind)) + " " + std::string(entity.span.in(text)) + "\n";
      } else {
        ++right;
        expected.erase(known);
      }
    }
    missed += static_cast<int>(expected.size());
    for (const auto& [kind, span] : expected) details += "  missed: " + kind + " " + std::string(span.in(text)) + "\n";
  }
  EXPECT_GE(right, 90);
  EXPECT_LE(wrong, 1) << details;
  EXPECT_LE(missed, 1) << details;
}

// Patterns are tried only where a cheap look says that they may find something: it must know all their words.
TEST(Entities, OfEveryMonthAndCurrencyAreLookedFor) {
  for (const auto* month :
       {"January", "February", "March",    "April",  "May",        "June",      "July",      "August",   "September",
        "October", "November", "December", "Januar", "Jänner",     "Februar",   "März",      "Mai",      "Juni",
        "Juli",    "Oktober",  "Dezember", "Jan",    "Feb",        "Mar",       "Mrz",       "Apr",      "Jun",
        "Jul",     "Aug",      "Sept",     "Sep",    "Oct",        "Okt",       "Nov",       "Dec",      "Dez",
        "JANUARY", "FEBRUARY", "MARCH",    "MAY",    "AUG",        "DEC",       "Janvier",   "février",  "mars",
        "avril",   "juin",     "juillet",  "août",   "aout",       "septembre", "octobre",   "novembre", "décembre",
        "janv",    "févr",     "avr",      "juil",   "déc",        "enero",     "febrero",   "marzo",    "abril",
        "mayo",    "junio",    "julio",    "agosto", "septiembre", "octubre",   "noviembre", "diciembre"}) {
    const auto found = find_entities("on 3 " + std::string(month) + " 2024, then", "en");
    ASSERT_EQ(found.size(), 1U) << month;
    EXPECT_EQ(found[0].kind, EntityKind::date) << month;
  }
  for (const auto* currency :
       {"€",          "euro",      "Euros",     "EUR",     "£",       "GBP", "pounds", "pound",   "USD", "U.S. dollars",
        "us dollars", "US-Dollar", "dollar",    "dollars", "dólares", "$",   "CHF",    "Franken", "¥",   "JPY",
        "yen",        "INR",       "Rs",        "rupees",  "CAD",     "AUD", "SEK",    "NOK",     "DKK", "PLN",
        "CZK",        "CNY",       "RMB",       "₽",       "RUB",     "₩",   "KRW",    "MXN",     "BRL", "pesos",
        "DM",         "SFr",       "dollars us"}) {
    const auto found = find_entities("paid 25 " + std::string(currency) + ", then", "en");
    ASSERT_EQ(found.size(), 1U) << currency;
    EXPECT_EQ(found[0].kind, EntityKind::money) << currency;
  }
  for (const auto* amount :
       {"US$25", "₹25", "CA$25", "AU$ 25", "C$25", "A$25", "R$25", "Rs.25", "EUR25", "Fr.25", "DM25"}) {
    const auto found = find_entities("paid " + std::string(amount) + ", then", "en");
    ASSERT_EQ(found.size(), 1U) << amount;
    EXPECT_EQ(found[0].kind, EntityKind::money) << amount;
  }
}

}  // namespace
}  // namespace docmill::nlp
