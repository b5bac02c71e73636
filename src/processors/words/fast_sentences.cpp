#include "processors/words/fast_sentences.hpp"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

namespace docmill::nlp {
namespace {

// The values of the property Sentence_Break, as the rules below need them.
enum class Class : std::uint8_t {
  other,
  lower,
  upper,
  letter,  // OLetter
  digit,
  space,
  paragraph_end,  // Sep, CR, LF
  full_stop,      // ATerm
  terminator,     // STerm
  go_on,          // SContinue
  close,
  unknown,  // Extend, Format: not for this file
};

Class ask_icu(char32_t c) {
  switch (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_SENTENCE_BREAK)) {
    case U_SB_LOWER:
      return Class::lower;
    case U_SB_UPPER:
      return Class::upper;
    case U_SB_OLETTER:
      return Class::letter;
    case U_SB_NUMERIC:
      return Class::digit;
    case U_SB_SP:
      return Class::space;
    case U_SB_SEP:
    case U_SB_CR:
    case U_SB_LF:
      return Class::paragraph_end;
    case U_SB_ATERM:
      return Class::full_stop;
    case U_SB_STERM:
      return Class::terminator;
    case U_SB_SCONTINUE:
      return Class::go_on;
    case U_SB_CLOSE:
      return Class::close;
    case U_SB_EXTEND:
    case U_SB_FORMAT:
      return Class::unknown;
    default:
      return Class::other;
  }
}

// All alphabets and punctuation; beyond are scripts of the Far East and rarities.
constexpr char32_t first_beyond_table = 0x3000;
using ClassTable = std::array<Class, first_beyond_table>;

const ClassTable& class_table() {
  static const auto table = [] {
    ClassTable classes{};
    for (char32_t c = 0; c < first_beyond_table; ++c) classes[c] = ask_icu(c);
    return classes;
  }();
  return table;
}

// Characters of ASCII that no rule begins with.
constexpr auto plain_characters = [] {
  std::array<bool, 256> result{};
  for (unsigned char c = ' '; c < 127; ++c) result[c] = c != '.' && c != '!' && c != '?';
  return result;
}();

bool is_terminator(Class kind) { return kind == Class::full_stop || kind == Class::terminator; }

class Scanner {
 public:
  Scanner(std::string_view text, Span paragraph, const std::vector<std::uint32_t>& hard_line_ends,
          std::vector<std::uint32_t>& ends)
      : text_(text),
        begin_(paragraph.begin),
        end_(paragraph.end),
        at_(paragraph.begin),
        hard_line_ends_(hard_line_ends),
        ends_(ends) {}

  bool run() {
    const auto before = ends_.size();
    while (true) {
      skip_plain();
      if (at_ == end_) break;
      const auto begin = at_;
      const auto kind = next();
      if (kind == Class::unknown) {
        ends_.resize(before);
        return false;
      }
      if (kind == Class::paragraph_end) {
        take_line_feed_of_return();
        ends_.push_back(at_);
      } else if (is_terminator(kind)) {
        after_terminator(begin);
      }
    }
    if (ends_.size() == before || ends_.back() != end_) ends_.push_back(end_);
    return true;
  }

 private:
  // Behind the terminator that begins at `terminator`. Leaves at_ where the scan goes on. Rules SB6 … SB11; characters
  // that are unknown end every look ahead and are met by run().
  void after_terminator(std::uint32_t terminator) {
    const bool is_full_stop = text_[terminator] == '.' || class_at(terminator) == Class::full_stop;
    auto following = peek();
    if (is_full_stop && following == Class::digit) return;
    if (is_full_stop && following == Class::upper && follows_cased_letter(terminator)) return;
    while (following == Class::close) following = skip();
    while (following == Class::space) following = skip();
    if (at_ == end_ || following == Class::unknown) return;
    if (following == Class::go_on || is_terminator(following)) return;
    if (following == Class::paragraph_end) {
      next();
      take_line_feed_of_return();
    } else if (is_full_stop && goes_on_in_lower_case()) {
      return;
    }
    ends_.push_back(at_);
  }

  bool follows_cased_letter(std::uint32_t place) const {
    if (place == begin_) return false;
    do {
      --place;
    } while (is_continuation(text_[place]));
    const auto kind = class_at(place);
    return kind == Class::upper || kind == Class::lower;
  }

  bool goes_on_in_lower_case() const {
    auto place = at_;
    auto kind = Class::other;
    while (place < end_ && (kind == Class::other || kind == Class::digit || kind == Class::space ||
                            kind == Class::go_on || kind == Class::close)) {
      kind = step(place);
    }
    return kind == Class::lower;
  }

  void take_line_feed_of_return() {
    if (text_[at_ - 1] == '\r' && at_ < end_ && text_[at_] == '\n' && is_hard(at_)) ++at_;
  }

  bool is_hard(std::uint32_t line_feed) const {
    return std::binary_search(hard_line_ends_.begin(), hard_line_ends_.end(), line_feed);
  }

  void skip_plain() {
    const char* const bytes = text_.data();  // no checks of bounds in a loop over the whole text
    while (at_ < end_ && plain_characters[static_cast<unsigned char>(bytes[at_])]) ++at_;
  }

  Class class_at(std::uint32_t place) const { return step(place); }

  // The class of the character at `place`, which is moved behind it.
  Class step(std::uint32_t& place) const {
    if (text_[place] == '\n') return is_hard(place++) ? Class::paragraph_end : Class::space;
    if (static_cast<unsigned char>(text_[place]) < 0x80) return table_[static_cast<unsigned char>(text_[place++])];
    std::size_t position = place;
    const auto c = next_code_point(text_, position);
    place = static_cast<std::uint32_t>(position);
    return c < first_beyond_table ? table_[c] : ask_icu(c);
  }

  Class next() { return step(at_); }
  Class peek() const { return at_ == end_ ? Class::other : class_at(at_); }

  Class skip() {
    next();
    return peek();
  }

  const ClassTable& table_ = class_table();
  const std::string_view text_;
  const std::uint32_t begin_;
  const std::uint32_t end_;
  std::uint32_t at_;
  const std::vector<std::uint32_t>& hard_line_ends_;
  std::vector<std::uint32_t>& ends_;
};

}  // namespace

bool fast_sentence_ends(std::string_view text, Span paragraph, const std::vector<std::uint32_t>& hard_line_ends,
                        std::vector<std::uint32_t>& ends) {
  return Scanner(text, paragraph, hard_line_ends, ends).run();
}

}  // namespace docmill::nlp
