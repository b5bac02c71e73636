// What can be told of the text of a page.
#pragma once

#include <algorithm>
#include <vector>

#include "documents/text_page.hpp"

namespace docmill {

template <class Use>
void for_each_word(const std::vector<Block>& blocks, Use use) {
  for (const auto& block : blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) std::for_each(line.words.begin(), line.words.end(), use);
    }
  }
}

template <class Use>
void for_each_word(const TextPage& page, Use use) {
  for_each_word(page.blocks, use);
}

bool has_words(const TextPage& page);

// Whether the text layer can stand for what is seen on the page: it has words, and they are not the junk of fonts that
// do not say which characters their glyphs are.
bool is_usable(const TextPage& page);

}  // namespace docmill
