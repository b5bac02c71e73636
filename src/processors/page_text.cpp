#include "processors/page_text.hpp"

#include <cstdint>
#include <string_view>

namespace docmill {
namespace {

// Of the characters of a page, at most this share may be none.
constexpr double most_junk = 0.1;

// Fonts that do not say what their codes mean often number their letters from ! on in the order of their first use, or
// show bullets for all: a text of them is more than half signs. Listings of programs have four in ten at most.
constexpr double most_signs = 0.5;
// Fewer may be what the page says, as in "* * *".
constexpr std::size_t enough_to_judge = 20;

struct Characters {
  std::size_t all = 0;
  std::size_t junk = 0;
  std::size_t signs = 0;
};

bool is_junk(std::uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool private_use = (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
  return control || private_use || c == 0xfffd;
}

// Not those of which leaders are made, in tables of contents.
bool is_sign(std::uint32_t c) {
  constexpr std::string_view signs = R"(!"#$%&'()*+,/:;<=>?@[\]^`{|}~)";
  constexpr std::uint32_t bullet = 0x2022;
  return c == bullet || (c < 0x80 && signs.find(static_cast<char>(c)) != std::string_view::npos);
}

// The text of a text layer is valid UTF-8; anything else counts as junk.
void count(std::string_view text, Characters& characters) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::uint32_t c = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      c = c << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    }
    ++characters.all;
    if (is_junk(c)) ++characters.junk;
    if (is_sign(c)) ++characters.signs;
    i += length;
  }
}

}  // namespace

bool has_words(const TextPage& page) {
  bool found = false;
  for_each_word(page, [&](const Word& word) { found = found || !word.text.empty(); });
  return found;
}

bool is_usable(const TextPage& page) {
  Characters characters;
  for_each_word(page, [&](const Word& word) { count(word.text, characters); });
  const auto all = static_cast<double>(characters.all);
  const bool is_signs = characters.all >= enough_to_judge && static_cast<double>(characters.signs) > most_signs * all;
  return characters.all > 0 && static_cast<double>(characters.junk) <= most_junk * all && !is_signs;
}

}  // namespace docmill
