#include "processors/ocr/second_look.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "documents/geometry.hpp"
#include "processors/pix.hpp"

namespace docmill::ocr {
namespace {

// On good scans one in twenty of the words below it is wrong, and one in seven thousand of the others.
constexpr double doubtful = 0.9;
constexpr double most_doubtful = 0.1;  // share of a page's words: more gains nothing, and costs as much as the page

constexpr int one_line = 7;  // Tesseract's page segmentation mode
constexpr float magnification = 1.5F;
constexpr int margin = 5;  // pixels of the page around the words …
constexpr int frame = 16;  // … and of white around those
constexpr l_uint32 white = 255;
constexpr l_uint32 darkest_paper = 128;

// Words `first` to `last` of a line.
struct Passage {
  std::size_t first = 0;
  std::size_t last = 0;

  std::size_t size() const { return last - first + 1; }
};

std::vector<Line*> lines_of(std::vector<Block>& blocks) {
  std::vector<Line*> lines;
  for (auto& block : blocks) {
    for (auto& paragraph : block.paragraphs) {
      for (auto& line : paragraph.lines) lines.push_back(&line);
    }
  }
  return lines;
}

bool is_doubtful(const Word& word) { return word.confidence < doubtful; }

bool is_mostly_clear(const std::vector<Line*>& lines) {
  std::size_t words = 0;
  std::ptrdiff_t doubts = 0;
  for (const auto* line : lines) {
    words += line->words.size();
    doubts += std::count_if(line->words.begin(), line->words.end(), is_doubtful);
  }
  return static_cast<double>(doubts) <= most_doubtful * static_cast<double>(words);
}

bool is_ink(const Image& image, int x, int y) {
  l_uint32 value = 0;
  if (pixGetPixel(image.pix(), x, y, &value) != 0) return false;  // outside
  return image.depth() == 1 ? value != 0 : value < darkest_paper;
}

// Where the line is followed by ink at its foot, with white above and behind, as a full stop leaves it: the end of that
// ink. The engine takes a stop for dust that stands a little off, as in typescript.
std::optional<double> end_of_stop(const Image& image, const Line& line) {
  if (line.right_to_left) return std::nullopt;
  const double right = line.words.back().box.right;
  const double baseline = line.baseline_at(right);
  const double height = line.box.height();
  const auto foot = static_cast<int>(baseline - height / 3);
  const auto bottom = static_cast<int>(baseline + height / 4);
  const auto end = static_cast<int>(right + height);
  std::optional<double> last;
  for (int x = static_cast<int>(right) + 1; x <= end; ++x) {
    for (int y = static_cast<int>(line.box.top); y <= bottom; ++y) {
      if (!is_ink(image, x, y)) continue;
      if (y < foot || x == end) return std::nullopt;
      last = x + 1;
    }
  }
  return last;
}

Image cut_out(const Image& image, const Line& line, Passage passage) {
  auto box = line.words[passage.first].box;
  for (auto i = passage.first + 1; i <= passage.last; ++i) box = around(box, line.words[i].box);
  const auto left = static_cast<int>(box.left) - margin;
  const auto top = static_cast<int>(box.top) - margin;
  const auto width = static_cast<int>(box.right) + margin - left;
  const auto height = static_cast<int>(box.bottom) + margin - top;
  const auto piece = gray_of(clipped(image, left, top, width, height));
  const auto larger = owned(pixScaleGrayLI(piece.pix(), magnification, magnification));
  auto framed = owned(pixAddBorderGeneral(larger.pix(), frame, frame, frame, frame, white));
  pixSetResolution(framed.pix(), image.dpi(), image.dpi());
  return framed;
}

class SecondLook {
 public:
  SecondLook(Engine& engine, const Image& image) : engine_(engine), image_(image) {}

  Status at_stop(Line& line) const {
    const auto end = end_of_stop(image_, line);
    if (!end) return {};
    auto& word = line.words.back();
    const double old_end = std::exchange(word.box.right, *end);
    const auto last = line.words.size() - 1;
    DOCMILL_TRY(words, read(line, {last > 0 ? last - 1 : 0, last}));
    const bool is_longer = !words.empty() && words.back().text.size() > word.text.size();
    if (is_longer && words.back().text.starts_with(word.text)) {
      word.text = std::move(words.back().text);
      line.box.right = std::max(line.box.right, *end);
    } else {
      word.box.right = old_end;
    }
    return {};
  }

  Status at_doubtful_words(Line& line) const {
    const auto begin = line.words.begin();
    const auto end = line.words.end();
    auto doubt = std::find_if(begin, end, is_doubtful);
    while (doubt != end) {
      const auto behind = std::find_if_not(doubt, end, is_doubtful);
      const Passage passage{static_cast<std::size_t>((doubt == begin ? doubt : doubt - 1) - begin),
                            static_cast<std::size_t>((behind == end ? behind - 1 : behind) - begin)};
      DOCMILL_TRY(words, read(line, passage));
      if (words.size() == passage.size()) keep_the_surer(line, passage, words);
      doubt = std::find_if(behind, end, is_doubtful);
    }
    return {};
  }

 private:
  Result<std::vector<Word>> read(const Line& line, Passage passage) const {
    DOCMILL_TRY(recognition, engine_.recognise(cut_out(image_, line, passage), one_line));
    std::vector<Word> words;
    for (auto* read : lines_of(recognition.blocks)) {
      std::move(read->words.begin(), read->words.end(), std::back_inserter(words));
    }
    return words;
  }

  static void keep_the_surer(Line& line, Passage passage, std::vector<Word>& again) {
    for (std::size_t i = 0; i < again.size(); ++i) {
      auto& word = line.words[passage.first + i];
      if (!is_doubtful(word) || again[i].confidence <= word.confidence) continue;
      word.text = std::move(again[i].text);
      word.confidence = again[i].confidence;
    }
  }

  Engine& engine_;
  const Image& image_;
};

}  // namespace

Status look_again(Engine& engine, const Image& image, std::vector<Block>& blocks) {
  const SecondLook look(engine, image);
  const auto lines = lines_of(blocks);
  const bool is_clear = is_mostly_clear(lines);
  for (auto* line : lines) {
    DOCMILL_CHECK(look.at_stop(*line));
    if (is_clear) DOCMILL_CHECK(look.at_doubtful_words(*line));
  }
  return {};
}

}  // namespace docmill::ocr
