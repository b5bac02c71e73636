#include "processors/words/abbreviations.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <string>

#include "processors/words/stop_words.hpp"
#include "processors/words/utf8.hpp"
#include "processors/words/word_set.hpp"

namespace docmill::nlp {
namespace {

// Lower case, without the last full stop, each between spaces.
struct Abbreviations {
  std::string_view language;
  std::string_view inner;   // something always follows: a name, a number, the rest of the phrase
  std::string_view either;  // may end a sentence
};

constexpr std::array abbreviations{
    Abbreviations{
        "en",
        " mr mrs ms messrs dr prof rev fr hon pres gov sen rep gen col maj capt cmdr lt sgt cpl pvt adm st ste mt "
        "eq eqs cf e.g eg i.e ie viz vs v approx ca dept univ ft attn supt insp "
        "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri est tel ext ref resp incl "
        "excl ",
        " etc inc ltd co corp bros llc plc jr sr a.m p.m am pm u.s u.k u.n e.u u.s.a d.c b.c a.d ph.d m.d b.a m.a j.d "
        "ave "
        "blvd rd ed eds et.al al op cit ibid min max "},
    Abbreviations{
        "de",
        " hr hrn fr dr prof dipl ing inkl exkl z.b z d.h d i.d.r i.a u.u vgl bzw ca ggf evtl nr str tel bsp "
        "bd bde hrsg jg lfd max min mio mrd mind o.g s.o s.u sog st ev allg bes betr bez gem insb jan feb mär apr jun "
        "jul aug sep sept okt nov dez geb gest verh s ff f zit vorl verf übers einschl ausschl zzgl abzgl "
        "rd v.a u.a m.e p.a i.h.v i.v lt ",
        " usw etc u.ä o.ä u.dgl jh jhd n.chr v.chr gmbh.co co inc e.v a.d a.m u.s.w h m "},
    Abbreviations{"fr",
                  " m mm mme mmes mlle mlles dr pr me st ste cf ex p.ex c.-à-d env av bd n tél "
                  "janv févr avr juil sept oct nov déc éd ",
                  " etc apr.j.-c av.j.-c j.-c s.a s.a.r.l "},
    Abbreviations{"es",
                  " sr sra sres sras srta dr dra prof d dña lic ing gral cmdte págs p.ej ej cf "
                  "tel av avda c/ ctra dpto ud uds vd vds ee ",
                  " etc ee.uu s.a s.l a.c d.c a.m p.m "},
};

// "No." is also an answer, "Art." also art: only before a number do they want it.
constexpr std::string_view before_numbers =
    " no nos art fig figs p pp vol vols sec ch chap abb tab abs kap núm pág cap ";

struct AbbreviationSets {
  std::string_view language;
  WordSet inner;
  WordSet either;
};

const AbbreviationSets& abbreviations_of(std::string_view language) {
  static const auto sets = [] {
    std::array<AbbreviationSets, abbreviations.size()> result;
    std::transform(abbreviations.begin(), abbreviations.end(), result.begin(), [](const Abbreviations& list) {
      return AbbreviationSets{list.language, make_word_set(list.inner), make_word_set(list.either)};
    });
    return result;
  }();
  const auto* const found =
      std::find_if(sets.begin(), sets.end(), [&](const AbbreviationSets& set) { return set.language == language; });
  return found == sets.end() ? sets.front() : *found;
}

bool wants_number(const std::string& word) {
  static const auto words = make_word_set(before_numbers);
  return words.contains(word);
}

// A closing quote or bracket of any kind at the end of `text`: its length in bytes.
std::size_t closing_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text.back() == '"' || text.back() == '\'' || text.back() == ')' || text.back() == ']') return 1;
  for (const std::string_view mark : {"”", "’", "»", "“", "›", "«", "」", "』"}) {
    if (text.ends_with(mark)) return mark.size();
  }
  return 0;
}

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The word before the last full stop: "Dr", "U.S", "(cf".
std::string_view last_word(std::string_view text) {
  const auto space = text.find_last_of(" \n\t\"([/");
  auto word = space == std::string_view::npos ? text : text.substr(space + 1);
  for (const std::string_view mark : {"„", "“", "«", "\u00A0"}) {
    if (const auto at = word.rfind(mark); at != std::string_view::npos) word.remove_prefix(at + mark.size());
  }
  return word;
}

// Empty: there is none near, or it is an initial ("J. A. Brown").
std::string next_word(std::string_view after) {
  constexpr std::size_t most_marks = 32;
  std::size_t begin = 0;
  while (begin < std::min(after.size(), most_marks) && !is_ascii_letter(after[begin]) &&
         static_cast<unsigned char>(after[begin]) < 0x80 && !is_ascii_digit(after[begin])) {
    ++begin;
  }
  std::size_t end = begin;
  while (end < after.size() &&
         (is_ascii_letter(after[end]) || after[end] == '\'' || static_cast<unsigned char>(after[end]) >= 0x80)) {
    ++end;
  }
  const auto written = after.substr(begin, end - begin);
  const bool is_initial = count_code_points(written) == 1 && after.substr(end).starts_with('.');
  std::string word;
  if (!is_initial) append_lower(word, written);
  return word;
}

bool begins_lower(std::string_view text) {
  std::size_t i = 0;
  return !text.empty() && u_islower(static_cast<UChar32>(next_code_point(text, i)));
}

bool all_digits(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_ascii_digit);
}

// "J", "J.K", "U.S", "J.-P", "М": single letters with full stops between. Beyond ASCII only capitals: "8:48 μ.μ." may
// end a sentence.
bool are_initials(std::string_view word) {
  for (std::size_t i = 0; i < word.size();) {
    const auto c = static_cast<UChar32>(next_code_point(word, i));
    if (c < 0x80 ? !is_ascii_letter(static_cast<char>(c)) : !u_isupper(c)) return false;
    if (i == word.size()) return true;
    if (word[i++] != '.') return false;
    if (i < word.size() && word[i] == '-') ++i;
  }
  return false;
}

bool full_stop_goes_on(std::string_view sentence, std::string_view after, std::string_view language) {
  const auto text = sentence.substr(0, sentence.size() - 1);
  const auto word = last_word(text);
  std::string lower;
  append_lower(lower, word);
  const auto next = next_word(after);
  const bool next_often_begins = is_stop_word(has_stop_words(language) ? language : "en", next);
  const auto& known = abbreviations_of(language);
  const bool next_is_number = !after.empty() && is_ascii_digit(after.front());
  if (wants_number(lower)) return next_is_number;
  if (known.inner.contains(lower)) return true;
  if (language == "de" && lower.ends_with("str")) return next_is_number;  // "Hauptstr. 12"
  if (all_digits(word)) {
    // A list's number ("1. Introduction"), and in German an ordinal ("3. Oktober", "19. Jahrhundert").
    if (word.size() == text.size()) return true;
    return language == "de" && word.size() <= 2 && !next_often_begins;
  }
  const bool may_end = known.either.contains(lower);
  const bool is_unit = word.size() == 1 && begins_lower(word);  // "8 h."
  if (are_initials(word) && !is_unit) {
    // "Plan B. Then …" is rarer than "John B. Smith": a pronoun or conjunction tells.
    return lower == "i" ? false : !next_often_begins;
  }
  return may_end && !next_often_begins;
}

}  // namespace

bool goes_on(std::string_view before, std::string_view after, std::string_view language) {
  auto sentence = without_space(before);
  bool is_quoted = false;
  while (const auto length = closing_length(sentence)) {
    sentence.remove_suffix(length);
    is_quoted = true;
  }
  if (sentence.empty()) return false;
  if (before.size() == without_space(before).size() && is_ascii_letter(after.empty() ? ' ' : after.front())) {
    return sentence.back() != '.' || !is_quoted;  // no space between: "Yahoo!Mail", "a.M"
  }
  if (after.starts_with("»") || after.starts_with("”")) return true;                     // « Assez ! » dit-il.
  if (is_quoted && (after.starts_with("と") || after.starts_with("って"))) return true;  // 「本当？」と聞いた。
  if (begins_lower(after)) return true;                                                  // "Stop!" he said.
  if (sentence.back() != '.' || is_quoted || sentence.ends_with("..")) return false;
  return full_stop_goes_on(sentence, after, language);
}

}  // namespace docmill::nlp
