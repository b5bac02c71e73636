#include "documents/text_layout.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "documents/geometry.hpp"
#include "documents/text_direction.hpp"

namespace docmill {
namespace {

// A box seen along its text: from `start` to `end` in reading direction, from `top` to `bottom` across lines.
struct Extent {
  double start = 0;
  double end = 0;
  double top = 0;
  double bottom = 0;

  double height() const { return bottom - top; }
};

Extent extent_of(const Box& box, int quarter_turns) {
  switch (quarter_turns & 3) {
    case 1:
      return {box.top, box.bottom, -box.right, -box.left};
    case 2:
      return {-box.right, -box.left, -box.bottom, -box.top};
    case 3:
      return {-box.bottom, -box.top, box.left, box.right};
    default:
      return {box.left, box.right, box.top, box.bottom};
  }
}

// Lengths are in heights of the smaller of two neighbours.
constexpr double widest_gap_in_line = 3.0;      // wider: another column
constexpr double widest_gap_in_word = 0.1;      // and no space seen by Poppler
constexpr double deepest_step_back = 0.5;       // kerning and accents reach back, a new line further
constexpr double least_overlap_of_line = 0.5;   // of the heights: a raised footnote mark stays in its line
constexpr double widest_gap_in_block = 0.9;     // between lines; a line spacing of 1.5 is still one block
constexpr double largest_ratio_in_block = 1.4;  // of line heights: a heading is a block of its own
constexpr double least_indent = 0.8;            // of a paragraph's first line

// Poppler's boxes hold ascent and descent of the font: the step from one to the next tells of the layout.
bool same_line(const Extent& last, const Extent& next) {
  const double height = std::min(last.height(), next.height());
  const double overlap = std::min(last.bottom, next.bottom) - std::max(last.top, next.top);
  const double gap = next.start - last.end;
  return overlap >= least_overlap_of_line * height && gap > -deepest_step_back * height &&
         gap < widest_gap_in_line * height;
}

struct OpenLine {
  Line line;
  Extent extent;
  int quarter_turns = 0;
};

void append(OpenLine& open, const TextRun& run, bool continues_word) {
  if (continues_word) {
    Word& word = open.line.words.back();
    word.text += run.text;
    word.box = around(word.box, run.box);
  } else {
    open.line.words.push_back(Word{run.text, run.box, 1});
  }
  open.line.box = open.line.words.size() == 1 && !continues_word ? run.box : around(open.line.box, run.box);
  open.extent = extent_of(open.line.box, open.quarter_turns);
}

std::vector<OpenLine> into_lines(const std::vector<TextRun>& runs) {
  std::vector<OpenLine> lines;
  const TextRun* last = nullptr;
  for (const auto& run : runs) {
    const auto extent = extent_of(run.box, run.quarter_turns);
    bool continues_word = false;
    const auto last_extent = last ? extent_of(last->box, last->quarter_turns) : Extent{};
    if (last && last->quarter_turns == run.quarter_turns && same_line(last_extent, extent)) {
      const double height = std::min(last_extent.height(), extent.height());
      continues_word = !last->space_after && extent.start - last_extent.end < widest_gap_in_word * height;
    } else {
      lines.emplace_back().quarter_turns = run.quarter_turns;
    }
    append(lines.back(), run, continues_word);
    last = &run;
  }
  for (auto& open : lines) to_reading_order(open.line);
  return lines;
}

bool same_block(const OpenLine& last, const OpenLine& next) {
  if (last.quarter_turns != next.quarter_turns) return false;
  const double smaller = std::min(last.extent.height(), next.extent.height());
  const double larger = std::max(last.extent.height(), next.extent.height());
  const double gap = next.extent.top - last.extent.bottom;
  const bool above_each_other = next.extent.start < last.extent.end && last.extent.start < next.extent.end;
  return above_each_other && larger <= largest_ratio_in_block * smaller && gap < widest_gap_in_block * smaller &&
         gap > -deepest_step_back * smaller;
}

bool starts_paragraph(const OpenLine& last, const OpenLine& next) {
  const double indent =
      next.line.right_to_left ? last.extent.end - next.extent.end : next.extent.start - last.extent.start;
  return indent > least_indent * next.extent.height();
}

}  // namespace

std::vector<Block> arrange(const std::vector<TextRun>& runs) {
  std::vector<Block> blocks;
  auto lines = into_lines(runs);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool opens_block = i == 0 || !same_block(lines[i - 1], lines[i]);
    if (opens_block) blocks.emplace_back().box = lines[i].line.box;
    Block& block = blocks.back();
    block.box = around(block.box, lines[i].line.box);
    if (opens_block || starts_paragraph(lines[i - 1], lines[i])) {
      block.paragraphs.emplace_back().box = lines[i].line.box;
    }
    Paragraph& paragraph = block.paragraphs.back();
    paragraph.box = around(paragraph.box, lines[i].line.box);
    paragraph.lines.push_back(lines[i].line);
  }
  return blocks;
}

}  // namespace docmill
