// Tesseract's TSV: a row per page (level 1), block, paragraph, line and word (level 5), numbered within the level
// above.
#include <algorithm>
#include <array>
#include <cmath>

#include "documents/text_format.hpp"
#include "processors/ocr/render_formats.hpp"

namespace docmill::ocr {
namespace {

constexpr std::string_view head =
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

class TsvRenderer final : public Renderer {
 public:
  explicit TsvRenderer(std::unique_ptr<Output> output) : output_(std::move(output)) {}

  Status page(const TextPage& page) override {
    DOCMILL_CHECK(write_head());
    rows_.clear();
    numbers_ = {page.number, 0, 0, 0, 0};
    append_row(1, {.left = 0, .top = 0, .right = page.width, .bottom = page.height}, "-1", "");
    for (const auto& block : page.blocks) append_block(block);
    return output_->write(rows_);
  }

  Status finish() override {
    DOCMILL_CHECK(write_head());
    return output_->flush();
  }

 private:
  Status write_head() {
    if (has_head_) return {};
    has_head_ = true;
    return output_->write(head);
  }

  // Counts at `level`; what is below starts anew.
  void next(std::size_t level) {
    ++numbers_.at(level - 1);
    std::fill(numbers_.begin() + static_cast<std::ptrdiff_t>(level), numbers_.end(), 0);
  }

  void append_block(const Block& block) {
    next(2);
    append_row(2, block.box, "-1", "");
    for (const auto& paragraph : block.paragraphs) {
      next(3);
      append_row(3, paragraph.box, "-1", "");
      for (const auto& line : paragraph.lines) append_line(line);
    }
  }

  void append_line(const Line& line) {
    next(4);
    append_row(4, line.box, "-1", "");
    for (const auto& word : line.words) {
      next(5);
      append_row(5, word.box, std::to_string(std::clamp(word.confidence, 0.0, 1.0) * 100), valid_utf8(word.text));
    }
  }

  void append_row(int level, const Box& box, std::string_view confidence, std::string text) {
    const auto is_separator = [](char c) { return c == '\t' || c == '\n' || c == '\r'; };
    std::replace_if(text.begin(), text.end(), is_separator, ' ');
    rows_ += std::to_string(level);
    for (const int number : numbers_) rows_ += '\t' + std::to_string(number);
    const double left = std::floor(box.left);
    const double top = std::floor(box.top);
    for (const double value : {left, top, std::ceil(box.right) - left, std::ceil(box.bottom) - top}) {
      rows_ += '\t';
      append_number(rows_, value, 0);
    }
    rows_.append("\t").append(confidence).append("\t").append(text).append("\n");
  }

  const std::unique_ptr<Output> output_;
  bool has_head_ = false;
  // Of the page that is being written.
  std::string rows_;
  std::array<int, 5> numbers_{};  // of page, block, paragraph, line, word
};

}  // namespace

Result<std::unique_ptr<Renderer>> make_tsv_renderer(std::unique_ptr<Output> output, const RenderSource&) {
  return std::make_unique<TsvRenderer>(std::move(output));
}

}  // namespace docmill::ocr
