// The signature of a text (core/minhash.hpp), from its words as the Segmenter finds them.
#pragma once

#include <optional>
#include <string_view>

#include "core/minhash.hpp"
#include "processors/words/segmenter.hpp"

namespace docmill::nlp {

// The same for a text whoever asks: analyse() gives it, too. nullopt: no words. `text`: valid UTF-8 of less than 4 GiB.
std::optional<Signature> sign_text(std::string_view text, Segmenter& segmenter);

}  // namespace docmill::nlp
