#include "processors/ocr/recognition_tree.hpp"

#include <tesseract/resultiterator.h>

#include <algorithm>
#include <boost/nowide/utf/convert.hpp>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "documents/geometry.hpp"

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
  // Pictures and bars are words of a single space to the engine, and it is sure of them.
  if (!text || std::string_view(text.get()).find_first_not_of(' ') == std::string_view::npos) return std::nullopt;
  Word word;
  word.text = text.get();
  word.box = box_of(words, tesseract::RIL_WORD);
  word.confidence = std::clamp(static_cast<double>(words.Confidence(tesseract::RIL_WORD)) / 100, 0.0, 1.0);
  return word;
}

// Blocks of scripts that are written without spaces between words, and the punctuation of East Asia.
bool is_of_spaceless_script(char32_t c) {
  return (c >= 0x0E00 && c <= 0x109F) ||  // Thai, Lao, Tibetan, Myanmar
         (c >= 0x1780 && c <= 0x17FF) ||  // Khmer
         (c >= 0x2E80 && c <= 0xA4CF) ||  // Han, Hiragana, Katakana, Bopomofo, Yi
         (c >= 0xF900 && c <= 0xFAFF) ||  // Han
         (c >= 0xFE30 && c <= 0xFE4F) ||  // punctuation
         (c >= 0xFF00 && c <= 0xFFEF) ||  // wide forms
         (c >= 0x20000 && c <= 0x3FFFF);  // Han
}

std::u32string characters_of(const std::string& text) {
  return boost::nowide::utf::convert_string<char32_t>(text.data(), text.data() + text.size());
}

// Such scripts come in pieces that touch, down to single characters. Text and search want them whole, so they are one
// word here: as the engine's own text has it.
template <class Iterator>
bool continues_word(const Iterator& words, const Word& previous, const Word& next) {
  if (words.BlanksBeforeWord() != 0) return false;
  return is_of_spaceless_script(characters_of(previous.text).back()) ||
         is_of_spaceless_script(characters_of(next.text).front());
}

void append(Word& word, const Word& piece) {
  const auto length = static_cast<double>(word.text.size());
  const auto added = static_cast<double>(piece.text.size());
  word.confidence = (word.confidence * length + piece.confidence * added) / (length + added);
  word.text += piece.text;
  word.box = around(word.box, piece.box);
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
    const bool is_first = begin_block || begin_paragraph || begin_new_line;
    if (is_first) {
      lines.push_back(begin_line(words));
      directions = {};
    }
    begin_block = begin_paragraph = begin_new_line = false;
    directions.count(words);
    auto& line = lines.back();
    line.right_to_left = directions.right_to_left > directions.left_to_right;
    if (!is_first && continues_word(words, line.words.back(), *word)) {
      append(line.words.back(), *word);
    } else {
      line.words.push_back(std::move(*word));
    }
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
