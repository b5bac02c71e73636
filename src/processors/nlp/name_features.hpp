// What the tagger of names (name_tagger.hpp) looks at: tokens, and features of each token.
//
// The one definition, for training as for use: tools that train let this code write the features down.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "processors/words/utf8.hpp"

namespace docmill::nlp {

// Appends the tokens of `piece`: words, numbers, abbreviations ("U.S."), "'s", and every mark alone. Finer than words
// (segmenter.hpp): what stands between names matters.
void name_tokens(std::string_view text, Span piece, std::vector<Span>& found);

using FeatureHash = std::uint32_t;
FeatureHash hash_of(std::string_view text);

// Which lists of names (bits) have a phrase, by the hash of its words in lower case with a space between.
class NameLists {
 public:
  enum : std::uint8_t { first_name = 1, surname = 2, place = 4 };
  static constexpr std::size_t longest = 3;  // words

  // `phrases`: ascending. Lent.
  NameLists(std::span<const FeatureHash> phrases, std::span<const std::uint8_t> lists)
      : phrases_(phrases), lists_(lists) {}

  std::uint8_t find(FeatureHash phrase) const;

 private:
  std::span<const FeatureHash> phrases_;
  std::span<const std::uint8_t> lists_;
};

// How words are written elsewhere in the document: in lower case, or with a capital where no sentence begins.
class WordsOfDocument {
 public:
  enum : std::uint8_t { in_lower_case = 1, with_capital = 2 };

  // `sentence`: its tokens.
  void add(std::string_view text, std::span<const Span> sentence);
  std::uint8_t find(FeatureHash lower) const;

 private:
  boost::unordered_flat_map<FeatureHash, std::uint8_t> seen_;
};

// Of each token of a sentence its features. Not thread-safe: keeps buffers.
class NameFeatures {
 public:
  NameFeatures(const NameLists& lists, const WordsOfDocument& words) : lists_(lists), words_(words) {}

  // Until the next call.
  const std::vector<std::vector<FeatureHash>>& of(std::string_view text, std::span<const Span> sentence);

 private:
  struct Token {
    FeatureHash lower = 0;
    FeatureHash shape = 0;
    std::uint8_t lists = 0;
    std::uint8_t elsewhere = 0;
    bool is_capital = false;
    std::string_view text;  // in lower_
  };

  void describe(std::string_view text, std::span<const Span> sentence);
  void mark_lists();
  void add_neighbours(std::size_t token, std::vector<FeatureHash>& features) const;
  void add_affixes(const Token& token, std::vector<FeatureHash>& features) const;

  const NameLists& lists_;
  const WordsOfDocument& words_;
  std::vector<std::string> lower_;
  std::vector<Token> tokens_;
  std::vector<std::vector<FeatureHash>> features_;
};

}  // namespace docmill::nlp
