// A thin way to RE2: all matches of a pattern in a piece of text, with their groups as pieces of that text.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "processors/words/utf8.hpp"

namespace re2 {
class RE2;
}

namespace docmill::nlp {

constexpr std::size_t most_groups = 8;

struct Match {
  Span span;                                         // in the text
  std::array<std::string_view, most_groups> groups;  // 1 … ; empty: not taken part
};

// Thread-safe.
class Pattern {
 public:
  // `expression` is part of the program: a wrong one is a bug.
  explicit Pattern(std::string_view expression);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // The first match that begins at or after `from` within `zone` of `text`. What stands before and behind the zone is
  // not seen.
  bool find(std::string_view text, Span zone, std::uint32_t from, Match& match) const;

 private:
  std::unique_ptr<re2::RE2> pattern_;
};

// Calls visit(match) for every match; it returns where to go on (usually match.span.end).
template <class Visit>
void each_match(const Pattern& pattern, std::string_view text, Span zone, Visit visit) {
  Match match;
  for (auto from = zone.begin; from < zone.end && pattern.find(text, zone, from, match);) {
    const std::uint32_t next = visit(match);
    from = next > from ? next : from + 1;
  }
}

}  // namespace docmill::nlp
