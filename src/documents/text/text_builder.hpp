// TextBuilder: plain text from the pieces that the readers of formats find.
//
// Paragraphs are parted by an empty line, pages (slides, sheets) by a form feed, cells of a row by a tab, rows by a
// line feed. Space at the ends of lines and empty paragraphs are left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace docmill {

class TextBuilder {
 public:
  explicit TextBuilder(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  void text(std::string_view piece);   // as it is
  void words(std::string_view piece);  // every run of space is one space
  void line_end();
  void paragraph_end();
  void cell_end();
  void page_end();

  std::size_t size() const { return text_.size(); }  // bytes so far
  // More than max_bytes came: what came later is not kept.
  bool is_full() const { return is_full_; }
  std::string take();

 private:
  enum class Gap { none, line, paragraph, page };

  void begin_piece();
  void widen(Gap gap);

  const std::uint64_t max_bytes_;
  std::string text_;
  Gap gap_ = Gap::none;  // what stands before the next piece
  bool is_full_ = false;
};

}  // namespace docmill
