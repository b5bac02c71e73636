#include "processors/ocr/text_layer.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include "processors/page_measure.hpp"
#include "processors/pix.hpp"

namespace docmill::ocr {
namespace {

// Of the characters of a page, at most this share may be none.
constexpr double most_junk = 0.1;

// On a page of A4's size; on smaller pages proportionally fewer.
constexpr double sparse_words = 12;
constexpr double a4_square_points = 595.0 * 842.0;

struct BoxDeleter {
  void operator()(::Box* box) const { boxDestroy(&box); }
};
using BoxOwner = std::unique_ptr<::Box, BoxDeleter>;

struct Characters {
  std::size_t all = 0;
  std::size_t junk = 0;
};

bool is_junk(std::uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool private_use = (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
  return control || private_use || c == 0xfffd;
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
    i += length;
  }
}

template <class Use>
void for_each_word(const TextPage& page, Use use) {
  for (const auto& block : page.blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) std::for_each(line.words.begin(), line.words.end(), use);
    }
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
  return characters.all > 0 && static_cast<double>(characters.junk) <= most_junk * static_cast<double>(characters.all);
}

bool is_sparse(const TextPage& page) {
  std::size_t words = 0;
  for_each_word(page, [&](const Word&) { ++words; });
  const double inches = 72 / page.dpi;
  const double share = page.width * page.height * inches * inches / a4_square_points;
  return static_cast<double>(words) < sparse_words * std::min(share, 1.0);
}

bool shows_more_than(const TextPage& page, const Image& drawn) {
  constexpr int contrast = 64;        // gray levels
  constexpr double most_ink = 0.003;  // share of the page; a page of text has ten times as much
  constexpr double slack = 2;         // pixels that letters reach out of their boxes
  auto rest = owned(pixConvertTo8(drawn.pix(), 0));
  const int paper = measure_tones(rest).paper;
  for_each_word(page, [&](const Word& word) {
    const int left = static_cast<int>(word.box.left - slack);
    const int top = static_cast<int>(word.box.top - slack);
    const int width = static_cast<int>(word.box.width() + 2 * slack) + 1;
    const int height = static_cast<int>(word.box.height() + 2 * slack) + 1;
    BoxOwner box(boxCreate(std::max(left, 0), std::max(top, 0), width, height));
    if (box) pixSetInRectArbitrary(rest.pix(), box.get(), static_cast<l_uint32>(paper));
  });
  return ink_share(rest, paper, contrast) > most_ink;
}

}  // namespace docmill::ocr
