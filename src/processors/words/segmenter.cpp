#include "processors/words/segmenter.hpp"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "processors/words/abbreviations.hpp"
#include "processors/words/fast_sentences.hpp"
#include "processors/words/fast_words.hpp"
#include "processors/words/paragraphs.hpp"

namespace docmill::nlp {
namespace {

using Rules = std::unique_ptr<icu::BreakIterator>;

Rules open_rules(icu::BreakIterator* (*create)(const icu::Locale&, UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  Rules rules(create(icu::Locale::getRoot(), error));
  if (U_FAILURE(error)) {
    throw SystemError(SystemError::Kind::misconfigured,
                      std::string("ICU has no rules for words and sentences: ") + u_errorName(error));
  }
  return rules;
}

// A piece of text as ICU wants it, and the way back: the byte of each UTF-16 unit.
struct Utf16 {
  std::u16string units;
  std::vector<std::uint32_t> bytes;

  void assign(std::string_view text, Span span) {
    // No text has more units in UTF-16 than bytes in UTF-8.
    units.resize(span.size());
    bytes.resize(span.size() + 1);
    std::size_t unit = 0;
    const auto add = [&](std::uint32_t byte, char16_t value) {
      units[unit] = value;
      bytes[unit++] = byte;
    };
    for (std::size_t i = span.begin; i < span.end;) {
      const auto byte = static_cast<std::uint32_t>(i);
      if (static_cast<unsigned char>(text[i]) < 0x80) {
        add(byte, static_cast<char16_t>(text[i++]));
        continue;
      }
      const auto c = static_cast<UChar32>(next_code_point(text, i));
      if (U_IS_BMP(c)) {
        add(byte, static_cast<char16_t>(c));
      } else {
        add(byte, static_cast<char16_t>(U16_LEAD(c)));
        add(byte, static_cast<char16_t>(U16_TRAIL(c)));
      }
    }
    units.resize(unit);
    bytes.resize(unit);
    bytes.push_back(span.end);
  }
};

class Walk {
 public:
  // `rules` and `text` must outlive the walk.
  Walk(icu::BreakIterator& rules, const Utf16& text)
      : rules_(rules), units_(false, text.units.data(), static_cast<int32_t>(text.units.size())) {
    rules_.setText(units_);
    rules_.first();
  }
  // The next boundary as a place in the units, or nullopt at the end.
  std::optional<std::size_t> next() {
    const auto boundary = rules_.next();
    if (boundary == icu::BreakIterator::DONE) return std::nullopt;
    return static_cast<std::size_t>(boundary);
  }

 private:
  icu::BreakIterator& rules_;
  icu::UnicodeString units_;  // borrows
};

bool is_ascii_punctuation(char c) {
  return c > ' ' && c < '\x7F' && !is_ascii_letter(c) && !is_ascii_digit(c) && c != '_';
}

// Nullopt: neither letters nor digits. ICU calls some such pieces words ("․@").
std::optional<WordKind> kind_of(std::string_view word) {
  std::optional<WordKind> kind;
  for (std::size_t i = 0; i < word.size();) {
    const auto c = static_cast<UChar32>(next_code_point(word, i));
    if (u_isalpha(c)) return WordKind::letters;
    if (u_isalnum(c)) kind = WordKind::number;
  }
  return kind;
}

// Where the chunk of text at span.begin ends if it is one word of ASCII with perhaps one mark behind it, as most are;
// `word` gets the word. 0: it is something else.
std::uint32_t plain_chunk_end(std::string_view text, Span span, Span& word) {
  auto end = span.begin;
  const char* const bytes = text.data();  // no checks of bounds in a loop over the whole text
  while (end < span.end && is_ascii_letter(bytes[end])) ++end;
  word = {span.begin, end};
  if (word.size() > 0 && end < span.end && is_ascii_punctuation(text[end])) ++end;
  return word.size() > 0 && (end == span.end || is_space(text[end])) ? end : 0;
}

Span trimmed(std::string_view text, Span span) {
  while (span.begin < span.end && is_space(text[span.begin])) ++span.begin;
  while (span.end > span.begin && is_space(text[span.end - 1])) --span.end;
  return span;
}

// To ICU all brackets are one class, and where no spaces are written the one that opens the next sentence would end
// this one: 「…。「…
std::uint32_t before_opening_bracket(std::string_view text, Span sentence) {
  for (const std::string_view bracket : {"「", "『", "（", "《", "〈", "【", "〔"}) {
    if (sentence.in(text).ends_with(bracket)) return sentence.end - static_cast<std::uint32_t>(bracket.size());
  }
  return sentence.end;
}

}  // namespace

struct Segmenter::Impl {
  Rules word_rules = open_rules(icu::BreakIterator::createWordInstance);
  Rules sentence_rules = open_rules(icu::BreakIterator::createSentenceInstance);
  Utf16 utf16;
  std::vector<Word> chunk_words;
  std::vector<std::uint32_t> sentence_ends;

  void sentence_ends_by_icu(std::string_view text, Span paragraph, const std::vector<std::uint32_t>& line_ends,
                            std::vector<std::uint32_t>& ends) {
    utf16.assign(text, paragraph);
    std::replace(utf16.units.begin(), utf16.units.end(), u'\n', u' ');
    for (const auto byte : line_ends) {
      const auto unit = std::lower_bound(utf16.bytes.begin(), utf16.bytes.end(), byte) - utf16.bytes.begin();
      utf16.units[static_cast<std::size_t>(unit)] = u'\n';
    }
    Walk walk(*sentence_rules, utf16);
    while (const auto boundary = walk.next()) ends.push_back(utf16.bytes[*boundary]);
  }

  void words_by_icu(std::string_view text, Span span, std::vector<Word>& found) {
    utf16.assign(text, span);
    // ICU 72 takes it for a letter, other versions do not, and UAX #29 does not.
    std::replace(utf16.units.begin(), utf16.units.end(), u'@', u' ');
    Walk walk(*word_rules, utf16);
    std::uint32_t begin = span.begin;
    while (const auto boundary = walk.next()) {
      const auto end = utf16.bytes[*boundary];
      if (word_rules->getRuleStatus() >= UBRK_WORD_NONE_LIMIT) {
        const Span word{begin, end};
        if (const auto kind = kind_of(word.in(text))) found.push_back({word, *kind});
      }
      begin = end;
    }
  }
};

Segmenter::Segmenter() : impl_(std::make_unique<Impl>()) {}
Segmenter::~Segmenter() = default;

void Segmenter::words(std::string_view text, Span paragraph, std::vector<Word>& found) {
  // Between chunks without space every rule sees a boundary, so each may go the fast way alone. Those that cannot are
  // gathered: ICU has a cost per call.
  auto& chunk_words = impl_->chunk_words;
  const auto behind_spaces = [&](std::uint32_t place) {
    while (place < paragraph.end && is_space(text[place])) ++place;
    return place;
  };
  std::uint32_t begin = behind_spaces(paragraph.begin);
  std::uint32_t slow = begin;
  while (begin < paragraph.end) {
    // Words go in order: while others are waiting, these wait, too.
    const bool is_first = slow == begin;
    Word word;
    std::uint32_t end = is_first ? plain_chunk_end(text, {begin, paragraph.end}, word.span) : 0;
    if (end > 0) {
      found.push_back(word);
      slow = begin = behind_spaces(end);
      continue;
    }
    end = begin;
    while (end < paragraph.end && !is_space(text[end])) ++end;
    chunk_words.clear();
    if (fast_words(text.substr(begin, end - begin), begin, is_first ? found : chunk_words)) {
      if (!is_first) {
        impl_->words_by_icu(text, {slow, begin}, found);
        found.insert(found.end(), chunk_words.begin(), chunk_words.end());
      }
      slow = begin = behind_spaces(end);
    } else {
      begin = behind_spaces(end);
    }
  }
  if (slow < paragraph.end) impl_->words_by_icu(text, {slow, paragraph.end}, found);
}

void Segmenter::sentences(std::string_view text, Span paragraph, std::string_view language, std::vector<Span>& found) {
  // ICU ends a sentence at every line feed. Here most are only the end of a line.
  const auto line_ends = hard_line_ends(text, paragraph);
  auto& ends = impl_->sentence_ends;
  ends.clear();
  if (!fast_sentence_ends(text, paragraph, line_ends, ends)) {
    impl_->sentence_ends_by_icu(text, paragraph, line_ends, ends);
  }
  std::uint32_t begin = paragraph.begin;
  for (auto end : ends) {
    if (end < paragraph.end) end = before_opening_bracket(text, {begin, end});
    const bool is_line_end = std::binary_search(line_ends.begin(), line_ends.end(), end - 1);
    if (end < paragraph.end && !is_line_end &&
        goes_on(text.substr(begin, end - begin), text.substr(end, paragraph.end - end), language)) {
      continue;
    }
    const auto sentence = trimmed(text, {begin, end});
    if (sentence.size() > 0) found.push_back(sentence);
    begin = end;
  }
}

}  // namespace docmill::nlp
