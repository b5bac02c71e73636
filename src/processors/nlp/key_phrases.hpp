// Key phrases by RAKE: Rose, Engel, Cramer, Cowley, "Automatic Keyword Extraction from Individual Documents", in Text
// Mining: Applications and Theory, 2010.
//
// Candidates are runs of words without function words, numbers and punctuation between. A word's score is its degree
// (words it occurs with, itself included) by its frequency. Two changes, because the plain method prefers long phrases
// that are said once: candidates have at most four words, and a phrase's score is the mean over its words, not the sum,
// times 1 + log2(occurrences). Words count as the same when their stems do.
#pragma once

#include <vector>

#include "processors/nlp/analysis.hpp"

namespace docmill::nlp {

// Per word of the vocabulary: its stem if the text may be about it, else no_stem. Not: function words, words without
// letters, and, where no function words of the language are known, those that make up a hundredth of the text or more.
using ContentStems = std::vector<std::uint32_t>;
constexpr std::uint32_t no_stem = 0xFFFFFFFFU;
ContentStems content_stems(const Analysis& analysis);

// The best `most` phrases.
std::vector<KeyPhrase> find_key_phrases(const Analysis& analysis, const ContentStems& content, std::size_t most);

}  // namespace docmill::nlp
