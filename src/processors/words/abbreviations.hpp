// What the rules of Unicode cannot know about the ends of sentences: abbreviations, initials, ordinals.
#pragma once

#include <string_view>

namespace docmill::nlp {

// Whether the sentence goes on where UAX #29 sees its end: `before` is the sentence so far, with the space behind it,
// `after` the text that follows. `language`: ISO 639-1; abbreviations are known for en, de, fr and es, and those of
// English are taken for all others.
//
// The rule for words that may end a sentence or not ("U.S.", "etc.", an initial) is that of Kiss and Strunk,
// "Unsupervised Multilingual Sentence Boundary Detection", 2006, section 4.3, cut short: it does end there if the next
// word is one that often begins sentences, which is what function words do.
bool goes_on(std::string_view before, std::string_view after, std::string_view language);

}  // namespace docmill::nlp
