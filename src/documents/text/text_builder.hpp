// TextBuilder: plain text from the pieces that the readers of formats find.
//
// Paragraphs are parted by an empty line, pages (slides, sheets) by a form feed, cells of a row by a tab, rows by a
// line feed. Space at the ends of lines and empty paragraphs are left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

// What a document says.
struct PlainText {
  std::string text;                   // valid UTF-8
  std::vector<std::string> left_out;  // parts that could not be read: a sentence each, those of the first 20
};

class TextBuilder {
 public:
  explicit TextBuilder(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  void text(std::string_view piece);   // as it is
  void words(std::string_view piece);  // every run of space is one space
  void line_end();
  void paragraph_end();
  void cell_end();
  void page_end();

  // Says, once, that the text lacks something.
  void leave_out(std::string_view sentence);
  // What befell the reading of a part without which the rest is worth reading: it is left out. Not so where there is
  // too much of it, which is given back.
  Status or_leave_out(const Status& read);

  std::size_t size() const { return text_.size(); }  // bytes so far
  // More than max_bytes came: what came later is not kept.
  bool is_full() const { return is_full_; }
  PlainText take();

 private:
  enum class Gap { none, line, paragraph, page };

  void begin_piece();
  void widen(Gap gap);

  const std::uint64_t max_bytes_;
  std::string text_;
  std::vector<std::string> left_out_;
  Gap gap_ = Gap::none;  // what stands before the next piece
  bool is_full_ = false;
};

}  // namespace docmill
