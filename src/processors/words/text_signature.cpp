#include "processors/words/text_signature.hpp"

#include <vector>

#include "processors/words/paragraphs.hpp"
#include "processors/words/vocabulary.hpp"

namespace docmill::nlp {

std::optional<Signature> sign_text(std::string_view text, Segmenter& segmenter) {
  constexpr std::string_view no_language;  // stems are not wanted, and hashes are of the word alone
  Vocabulary vocabulary;
  std::vector<Word> words;
  std::vector<std::uint64_t> hashes;
  for (const auto paragraph : find_paragraphs(text)) {
    words.clear();
    segmenter.words(text, paragraph, words);
    for (const auto& word : words) {
      hashes.push_back(vocabulary.entry(vocabulary.find_or_add(word.span.in(text), no_language)).hash);
    }
  }
  return make_signature(hashes);
}

}  // namespace docmill::nlp
