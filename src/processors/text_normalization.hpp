// Normalizes the text that users get: the option normalize_text. Boxes and words in the other formats stay as they
// were read; what counts positions in the text (nlp) is given the normalized one.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "documents/text_page.hpp"

namespace docmill {

struct TextNormalization {
  bool nfc = false;          // composed characters: "a" and a combining dot become one (Unicode's form C)
  bool ligatures = false;    // the presentation forms ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ become letters
  bool hyphenation = false;  // words cut at the ends of lines are joined, soft hyphens go

  // From a job's options, as resolve_options() leaves them.
  static TextNormalization from(const boost::json::object& resolved);

  bool does_nothing() const { return !nfc && !ligatures && !hyphenation; }
};

// `text`: valid UTF-8, lines end with \n. Lines stay lines: the rest of a cut word moves up to its beginning. A hyphen
// stays where it may be the word's own: before a capital letter or a digit, before "and" or "und" ("Haupt- / und …"),
// and where the same word stands elsewhere in `text` with its hyphen inside a line.
std::string normalized(std::string text, const TextNormalization& how);

// The plain text of a page, normalized. Words are not joined across pages.
std::string normalized_text(const TextPage& page, const TextNormalization& how);

}  // namespace docmill
