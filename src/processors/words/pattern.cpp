#include "processors/words/pattern.hpp"

#include <re2/re2.h>

#include "core/error.hpp"

namespace docmill::nlp {
namespace {

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Pattern::Pattern(std::string_view expression)
    : pattern_(std::make_unique<re2::RE2>(piece_of(expression), re2::RE2::Quiet)) {
  DOCMILL_ASSERT(pattern_->ok());
  DOCMILL_ASSERT(pattern_->NumberOfCapturingGroups() < static_cast<int>(most_groups));
}

Pattern::~Pattern() = default;

bool Pattern::find(std::string_view text, Span zone, std::uint32_t from, Match& match) const {
  std::array<re2::StringPiece, most_groups> pieces;
  const auto groups = pattern_->NumberOfCapturingGroups() + 1;
  const auto whole = zone.in(text);
  if (!pattern_->Match(piece_of(whole), from - zone.begin, whole.size(), re2::RE2::UNANCHORED, pieces.data(), groups)) {
    return false;
  }
  const auto begin = static_cast<std::uint32_t>(pieces[0].data() - text.data());
  match.span = {begin, begin + static_cast<std::uint32_t>(pieces[0].size())};
  for (std::size_t i = 0; i < match.groups.size(); ++i) {
    match.groups[i] =
        pieces[i].data() == nullptr ? std::string_view() : std::string_view(pieces[i].data(), pieces[i].size());
  }
  return true;
}

}  // namespace docmill::nlp
