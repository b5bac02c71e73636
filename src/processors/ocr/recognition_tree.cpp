#include "processors/ocr/recognition_tree.hpp"

#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace docmill::ocr {
namespace {

using tesseract::PageIteratorLevel;

Box box_of(const tesseract::PageIterator& words, PageIteratorLevel level) {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  words.BoundingBox(level, &left, &top, &right, &bottom);
  return {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right), static_cast<double>(bottom)};
}

void set_baseline(Line& line, const tesseract::PageIterator& words) {
  int x1 = 0;
  int y1 = 0;
  int x2 = 0;
  int y2 = 0;
  if (!words.Baseline(tesseract::RIL_TEXTLINE, &x1, &y1, &x2, &y2)) return;
  if (x2 - x1 <= std::abs(y2 - y1)) return;  // written downwards or turned: no such baseline
  line.baseline_slope = static_cast<double>(y2 - y1) / (x2 - x1);
  line.baseline_offset = y1 + line.baseline_slope * (line.box.left - x1) - line.box.bottom;
}

Line begin_line(const tesseract::PageIterator& words) {
  Line line;
  line.box = box_of(words, tesseract::RIL_TEXTLINE);
  set_baseline(line, words);
  return line;
}

template <class Iterator>
std::optional<Word> read_word(const Iterator& words) {
  const std::unique_ptr<char[]> text(words.GetUTF8Text(tesseract::RIL_WORD));
  if (!text || text[0] == '\0') return std::nullopt;
  Word word;
  word.text = text.get();
  word.box = box_of(words, tesseract::RIL_WORD);
  word.confidence = std::clamp(static_cast<double>(words.Confidence(tesseract::RIL_WORD)) / 100, 0.0, 1.0);
  return word;
}

int rotation_of(const tesseract::PageIterator& words) {
  tesseract::Orientation orientation{};
  tesseract::WritingDirection direction{};
  tesseract::TextlineOrder order{};
  float skew = 0;
  words.Orientation(&orientation, &direction, &order, &skew);
  switch (orientation) {
    case tesseract::ORIENTATION_PAGE_RIGHT:
      return 270;
    case tesseract::ORIENTATION_PAGE_DOWN:
      return 180;
    case tesseract::ORIENTATION_PAGE_LEFT:
      return 90;
    case tesseract::ORIENTATION_PAGE_UP:
      break;
  }
  return 0;
}

// A line is right to left if most of its words that have a direction are.
struct Directions {
  int left_to_right = 0;
  int right_to_left = 0;

  void count(const tesseract::LTRResultIterator& words) {
    const auto direction = words.WordDirection();
    if (direction == tesseract::DIR_LEFT_TO_RIGHT) ++left_to_right;
    if (direction == tesseract::DIR_RIGHT_TO_LEFT) ++right_to_left;
  }
};

template <class Iterator>
Recognition read_all(Iterator& words) {
  Recognition recognition;
  Directions directions;
  bool begin_block = true;
  bool begin_paragraph = true;
  bool begin_new_line = true;
  do {
    // Blocks may begin with words that are empty: what begins with them, begins with the next word.
    begin_block = begin_block || words.IsAtBeginningOf(tesseract::RIL_BLOCK);
    begin_paragraph = begin_paragraph || words.IsAtBeginningOf(tesseract::RIL_PARA);
    begin_new_line = begin_new_line || words.IsAtBeginningOf(tesseract::RIL_TEXTLINE);
    if (words.Empty(tesseract::RIL_WORD)) continue;
    auto word = read_word(words);
    if (!word) continue;
    if (recognition.blocks.empty()) recognition.rotation = rotation_of(words);
    if (begin_block) recognition.blocks.push_back({box_of(words, tesseract::RIL_BLOCK), {}});
    auto& paragraphs = recognition.blocks.back().paragraphs;
    if (begin_block || begin_paragraph) paragraphs.push_back({box_of(words, tesseract::RIL_PARA), {}});
    auto& lines = paragraphs.back().lines;
    if (begin_block || begin_paragraph || begin_new_line) {
      lines.push_back(begin_line(words));
      directions = {};
    }
    begin_block = begin_paragraph = begin_new_line = false;
    directions.count(words);
    lines.back().right_to_left = directions.right_to_left > directions.left_to_right;
    lines.back().words.push_back(std::move(*word));
  } while (words.Next(tesseract::RIL_WORD));
  return recognition;
}

bool has_right_to_left(tesseract::LTRResultIterator& words) {
  do {
    const auto direction = words.WordDirection();
    if (direction == tesseract::DIR_RIGHT_TO_LEFT || direction == tesseract::DIR_MIX) return true;
  } while (words.Next(tesseract::RIL_WORD));
  return false;
}

}  // namespace

Recognition read_recognition(TesseractApi& api) {
  // The iterator that knows about directions walks the page from its beginning at every step: only where it must be.
  const std::unique_ptr<tesseract::LTRResultIterator> words(api.GetLTRIterator());
  if (!words) return {};
  if (!has_right_to_left(*words)) {
    words->Begin();
    return read_all(*words);
  }
  const std::unique_ptr<tesseract::ResultIterator> ordered_words(api.GetIterator());
  return read_all(*ordered_words);
}

}  // namespace docmill::ocr
