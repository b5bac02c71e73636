// The trees of text of many pages in few bytes, for files that lie on the disk until their pages are written.
//
// A page of text has thousands of numbers that are nearly known from those before them: a word begins where the one
// before it ended, stands on its line's baseline, and was read as surely as most. So what is kept is how far each is
// from what was to be expected; and all numbers of a kind stand together, so that a compressor finds them alike. That
// is a third of compressed JSON. Numbers are rounded as in JSON.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "documents/text_page.hpp"

namespace docmill {

// What a tree consists of. Numbers are varints: seven bits a byte, the sign lowest.
enum class TreeColumn {
  counts,  // of blocks, then of each its paragraphs, …; whether a line is written from right to left
  left,    // of boxes of blocks, paragraphs and lines
  top,
  right,
  bottom,
  slopes,
  offsets,
  gaps,  // before words
  widths,
  rises,  // above the baseline
  drops,  // below it
  confidences,
  texts,  // of words, each ended by a NUL
  count_of_columns
};
using TreeColumns = std::array<std::string, static_cast<std::size_t>(TreeColumn::count_of_columns)>;

// What is expected of the next box: the last one of its kind, in units of what is kept.
struct ExpectedBox {
  std::int64_t left = 0;
  std::int64_t top = 0;
  std::int64_t right = 0;
  std::int64_t bottom = 0;
};
struct ExpectedBoxes {
  ExpectedBox block;
  ExpectedBox paragraph;
  ExpectedBox line;
};

class TreePacker {
 public:
  void add(std::vector<Block> blocks);
  std::size_t size() const;  // of all columns, not compressed
  // What was added. Begins anew.
  TreeColumns take();

 private:
  TreeColumns columns_;
  ExpectedBoxes expected_;
};

class TreeUnpacker {
 public:
  explicit TreeUnpacker(TreeColumns columns) : columns_(std::move(columns)) {}

  // The next of the trees that were added. unreadable: there is none
  Result<std::vector<Block>> next();

 private:
  const TreeColumns columns_;
  std::array<std::size_t, std::tuple_size_v<TreeColumns>> read_{};  // bytes of each column
  ExpectedBoxes expected_;
};

}  // namespace docmill
