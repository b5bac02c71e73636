// The sentences that say most of a text, by TextRank: Mihalcea and Tarau, "TextRank: Bringing Order into Texts", 2004,
// section 4: sentences that share words vote for each other, weighted by the words shared over the logarithms of
// their lengths, and the votes are ranked as by PageRank (damping 0.85).
//
// Long texts would cost the square of their sentences: of more than 300 only the 300 whose content words are most
// frequent in the text stand for election, which is SumBasic's measure (Nenkova and Vanderwende, 2005).
#pragma once

#include <vector>

#include "processors/nlp/key_phrases.hpp"

namespace docmill::nlp {

// Indexes of the best `most` sentences, in the order of the text. Sentences of fewer than 4 or more than 60 words, and
// those that say the same again, are not taken.
std::vector<std::uint32_t> summarise(const Analysis& analysis, const ContentStems& content, std::size_t most);

}  // namespace docmill::nlp
