// From the words of a text layer, in reading order, to the tree of blocks, paragraphs, lines and words.
#pragma once

#include <string>
#include <vector>

#include "documents/text_page.hpp"

namespace docmill {

// A run of glyphs as Poppler finds it: a word, or a piece of one where the font changes within the word.
struct TextRun {
  std::string text;          // UTF-8, in the order in which the glyphs stand, left to right
  Box box;                   // points, on the page as shown
  int quarter_turns = 0;     // of the text, clockwise: 0 upright
  bool space_after = false;  // before the next run of the same line
};

// Lines keep the order of the runs. A line, a paragraph or a block ends where the geometry says so.
std::vector<Block> arrange(const std::vector<TextRun>& runs);

}  // namespace docmill
