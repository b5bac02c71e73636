#include "processors/nlp/name_features.hpp"

#include <unicode/uchar.h>

#include <algorithm>

#include "core/fnv1a.hpp"

namespace docmill::nlp {
namespace {

// What a feature is about; its value is hashed with it.
enum class About : std::uint8_t {
  bias,
  word,
  shape,
  lists,
  edge,
  prefix,
  suffix,
  elsewhere,
  word_pair,
  word_and_shape,
  shapes,
};

FeatureHash mixed(FeatureHash a, FeatureHash b) {
  std::uint64_t hash = (std::uint64_t{a} << 32U | b) * 0x9e3779b97f4a7c15U;
  hash = (hash ^ hash >> 29U) * 0xbf58476d1ce4e5b9U;
  return static_cast<FeatureHash>(hash >> 32U);
}

// `distance`: from the token that the feature is of.
FeatureHash feature(About about, int distance, FeatureHash value) {
  return mixed(static_cast<FeatureHash>(about) << 8U | static_cast<FeatureHash>(distance + 8), value);
}

bool is_upper_at(std::string_view text, std::size_t at) {
  return u_isupper(static_cast<UChar32>(next_code_point(text, at))) != 0;
}

bool is_word_character(char32_t c) {
  if (c < 0x80) return is_ascii_letter(static_cast<char>(c)) || is_ascii_digit(static_cast<char>(c)) || c == '_';
  return u_isalnum(static_cast<UChar32>(c)) != 0 || (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0;
}

// The end of the run of letters and digits at `begin`; `begin` itself: there is none.
std::uint32_t word_end(std::string_view text, std::uint32_t begin, std::uint32_t limit) {
  std::size_t end = begin;
  while (end < limit) {
    std::size_t next = end;
    if (!is_word_character(next_code_point(text, next))) break;
    end = next;
  }
  return static_cast<std::uint32_t>(end);
}

// "'" or "’" at `at`: its length.
std::uint32_t apostrophe_length(std::string_view text, std::uint32_t at) {
  if (text[at] == '\'') return 1;
  return text.substr(at).starts_with("’") ? 3 : 0;
}

// Goes on over "U.S." and "O'Brien", not over "John's".
std::uint32_t joined_end(std::string_view text, std::uint32_t begin, std::uint32_t end, std::uint32_t limit) {
  while (end < limit && text[end] == '.' && end - begin <= 1 + 2 * 8 && is_ascii_letter(text[end - 1]) &&
         (end - 1 == begin || text[end - 2] == '.')) {
    const auto next = word_end(text, end + 1, limit);
    if (next != end + 2) return end - begin > 1 ? end + 1 : end;  // "U.S." with its last full stop; "J" without
    end = next;
  }
  if (end < limit) {
    const auto length = apostrophe_length(text, end);
    const auto next = length > 0 && end + length < limit ? word_end(text, end + length, limit) : end;
    if (length > 0 && next > end + length + 1) return next;
  }
  return end;
}

// "McDonald" → "XxXx", "1990s" → "dx": runs count once.
FeatureHash shape_of(std::string_view word) {
  std::string shape;
  for (std::size_t i = 0; i < word.size();) {
    const auto c = static_cast<UChar32>(next_code_point(word, i));
    const char kind = u_isupper(c)   ? 'X'
                      : u_isalpha(c) ? 'x'
                      : u_isdigit(c) ? 'd'
                      : c < 0x80     ? static_cast<char>(c)
                                     : '?';
    // Twice at most, so that one capital is told from several.
    const auto size = shape.size();
    if (size < 2 || shape[size - 1] != kind || shape[size - 2] != kind) shape += kind;
  }
  return hash_of(shape);
}

}  // namespace

void name_tokens(std::string_view text, Span piece, std::vector<Span>& found) {
  for (auto begin = piece.begin; begin < piece.end;) {
    if (is_space(text[begin])) {
      ++begin;
      continue;
    }
    auto end = word_end(text, begin, piece.end);
    if (end > begin) {
      end = joined_end(text, begin, end, piece.end);
    } else if (const auto length = apostrophe_length(text, begin);
               length > 0 && begin + length < piece.end &&
               word_end(text, begin + length, piece.end) == begin + length + 1) {
      end = begin + length + 1;  // "'s"
    } else {
      std::size_t next = begin;
      next_code_point(text, next);
      end = static_cast<std::uint32_t>(next);
    }
    found.push_back({begin, end});
    begin = end;
  }
}

FeatureHash hash_of(std::string_view text) {
  const auto hash = fnv1a(text);
  return mixed(static_cast<FeatureHash>(hash >> 32U), static_cast<FeatureHash>(hash));
}

std::uint8_t NameLists::find(FeatureHash phrase) const {
  const auto found = std::lower_bound(phrases_.begin(), phrases_.end(), phrase);
  return found != phrases_.end() && *found == phrase ? lists_[static_cast<std::size_t>(found - phrases_.begin())] : 0;
}

void WordsOfDocument::add(std::string_view text, std::span<const Span> sentence) {
  std::string lower;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const auto word = sentence[i].in(text);
    if (word.size() < 2) continue;
    const bool is_capital = is_upper_at(word, 0);
    if (is_capital && i == 0) continue;
    lower.clear();
    append_lower(lower, word);
    seen_[hash_of(lower)] |= is_capital ? with_capital : in_lower_case;
  }
}

std::uint8_t WordsOfDocument::find(FeatureHash lower) const {
  const auto found = seen_.find(lower);
  return found == seen_.end() ? std::uint8_t{0} : found->second;
}

void NameFeatures::describe(std::string_view text, std::span<const Span> sentence) {
  tokens_.assign(sentence.size(), {});
  if (lower_.size() < sentence.size()) lower_.resize(sentence.size());
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const auto word = sentence[i].in(text);
    auto& token = tokens_[i];
    lower_[i].clear();
    append_lower(lower_[i], word);
    token.text = lower_[i];
    token.lower = hash_of(token.text);
    token.shape = shape_of(word);
    token.is_capital = is_upper_at(word, 0);
    token.elsewhere = token.is_capital ? words_.find(token.lower) : 0;
  }
  mark_lists();
}

// First names and surnames are one word; places may be several.
void NameFeatures::mark_lists() {
  std::string phrase;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!tokens_[i].is_capital) continue;
    phrase.clear();
    for (std::size_t length = 1; length <= NameLists::longest && i + length <= tokens_.size(); ++length) {
      if (length > 1) phrase += ' ';
      phrase += tokens_[i + length - 1].text;
      auto lists = lists_.find(hash_of(phrase));
      if (length > 1) lists &= NameLists::place;
      for (std::size_t k = 0; lists != 0 && k < length; ++k) tokens_[i + k].lists |= lists;
    }
  }
}

void NameFeatures::add_neighbours(std::size_t token, std::vector<FeatureHash>& features) const {
  constexpr int window = 2;
  for (int distance = -window; distance <= window; ++distance) {
    const auto place = static_cast<std::ptrdiff_t>(token) + distance;
    if (place < 0 || place >= static_cast<std::ptrdiff_t>(tokens_.size())) {
      features.push_back(feature(About::edge, distance, 0));
      continue;
    }
    const auto& other = tokens_[static_cast<std::size_t>(place)];
    features.push_back(feature(About::word, distance, other.lower));
    features.push_back(feature(About::shape, distance, other.shape));
    if (other.lists != 0) features.push_back(feature(About::lists, distance, other.lists));
  }
}

void NameFeatures::add_affixes(const Token& token, std::vector<FeatureHash>& features) const {
  constexpr std::size_t longest = 4;
  for (std::size_t length = 1; length <= longest && length <= token.text.size(); ++length) {
    const auto size = static_cast<int>(length);
    features.push_back(feature(About::prefix, size, hash_of(token.text.substr(0, length))));
    features.push_back(feature(About::suffix, size, hash_of(token.text.substr(token.text.size() - length))));
  }
}

const std::vector<std::vector<FeatureHash>>& NameFeatures::of(std::string_view text, std::span<const Span> sentence) {
  describe(text, sentence);
  features_.resize(std::max(features_.size(), sentence.size()));
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    auto& features = features_[i];
    const auto& token = tokens_[i];
    const auto before = i > 0 ? tokens_[i - 1] : Token{};
    const auto after = i + 1 < tokens_.size() ? tokens_[i + 1] : Token{};
    features.clear();
    features.push_back(feature(About::bias, 0, 0));
    add_neighbours(i, features);
    add_affixes(token, features);
    if (token.is_capital) {
      features.push_back(feature(About::elsewhere, 0, token.elsewhere | (i == 0 ? 4U : 0U)));
      features.push_back(feature(About::word_pair, 0, mixed(before.lower, token.lower)));
      features.push_back(feature(About::word_pair, 1, mixed(token.lower, after.lower)));
    }
    features.push_back(feature(About::word_and_shape, -1, mixed(before.lower, token.shape)));
    features.push_back(feature(About::word_and_shape, 1, mixed(after.lower, token.shape)));
    features.push_back(feature(About::shapes, 0, mixed(mixed(before.shape, token.shape), after.shape)));
  }
  return features_;
}

}  // namespace docmill::nlp
