// Analysis: everything that the nlp stage finds out about a text, but entities (entities.hpp).
//
// Positions are bytes into the text. Text, vocabulary and spans are kept together: an Analysis points into the text it
// was made from, which must outlive it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/minhash.hpp"
#include "processors/words/language.hpp"
#include "processors/words/segmenter.hpp"
#include "processors/words/utf8.hpp"
#include "processors/words/vocabulary.hpp"

namespace docmill::nlp {

struct Token {
  Span span;
  WordId word = 0;
  WordKind kind = WordKind::letters;
};

// A range of indexes of tokens or sentences; end is past the last.
struct IndexRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct Sentence {
  Span span;
  IndexRange tokens;
  std::uint32_t paragraph = 0;
};

struct Paragraph {
  Span span;
  LanguageGuess language;
  IndexRange tokens;
};

struct LanguageShare {
  std::string code;
  double share = 0;  // of the letters and digits of the text, by its paragraphs
};

struct KeyPhrase {
  Span span;  // where it stands first
  double score = 0;
  std::uint32_t count = 0;
};

struct Readability {
  std::string name;  // flesch_reading_ease, …
  double value = 0;
};

struct Statistics {
  std::uint32_t characters = 0;  // code points
  std::uint32_t words = 0;       // numbers included
  std::uint32_t sentences = 0;
  std::uint32_t paragraphs = 0;
  std::uint32_t distinct_words = 0;
  std::uint32_t distinct_stems = 0;
  std::uint32_t words_used_once = 0;
  double mean_word_length = 0;      // code points
  double mean_sentence_length = 0;  // words
  double long_words = 0;            // share of words of more than six letters
  double syllables_a_word = 0;
  std::vector<Readability> readability;
};

struct Analysis {
  std::string_view text;
  LanguageGuess language;  // of most of the text
  std::string script;
  std::vector<LanguageShare> languages;  // descending
  std::vector<Paragraph> paragraphs;
  std::vector<Sentence> sentences;
  std::vector<Token> tokens;
  Vocabulary vocabulary;
  std::vector<KeyPhrase> key_phrases;  // best first
  std::vector<std::uint32_t> summary;  // indexes of sentences, ascending
  Statistics statistics;
  std::optional<Signature> signature;  // nullopt: no words
};

struct AnalysisOptions {
  std::size_t key_phrases = 10;
  std::size_t summary_sentences = 3;
};

// Throws nothing but std::bad_alloc. `text`: valid UTF-8 of less than 4 GiB. The segmenter is lent for its rules.
Analysis analyse(std::string_view text, const AnalysisOptions& options, Segmenter& segmenter);

}  // namespace docmill::nlp
