#include "documents/text/text_builder.hpp"

#include <algorithm>

#include "documents/text_format.hpp"

namespace docmill {
namespace {

constexpr std::size_t most_sentences = 20;
constexpr std::size_t longest_sentence = 500;  // bytes: names in archives may be long

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

void TextBuilder::begin_piece() {
  if (gap_ == Gap::none) return;
  while (!text_.empty() && (text_.back() == ' ' || text_.back() == '\t')) text_.pop_back();
  if (!text_.empty()) text_ += gap_ == Gap::line ? "\n" : gap_ == Gap::paragraph ? "\n\n" : "\n\f";
  gap_ = Gap::none;
}

void TextBuilder::text(std::string_view piece) {
  if (piece.empty() || is_full_) return;
  if (text_.size() + piece.size() > max_bytes_) {
    is_full_ = true;
    return;
  }
  begin_piece();
  text_ += piece;
}

void TextBuilder::words(std::string_view piece) {
  if (is_full_) return;
  std::size_t i = 0;
  while (i < piece.size()) {
    if (is_space(piece[i])) {
      while (i < piece.size() && is_space(piece[i])) ++i;
      if (gap_ == Gap::none && !text_.empty() && !is_space(text_.back())) text_ += ' ';
      continue;
    }
    const auto end = static_cast<std::size_t>(
        std::find_if(piece.begin() + static_cast<std::ptrdiff_t>(i), piece.end(), is_space) - piece.begin());
    text(piece.substr(i, end - i));
    i = end;
  }
}

void TextBuilder::widen(Gap gap) { gap_ = std::max(gap_, gap); }

void TextBuilder::line_end() { widen(Gap::line); }
void TextBuilder::paragraph_end() { widen(Gap::paragraph); }
void TextBuilder::page_end() { widen(Gap::page); }

void TextBuilder::cell_end() {
  if (is_full_ || text_.empty() || gap_ == Gap::page) return;
  // A paragraph that ends with its cell ends nothing else.
  gap_ = Gap::none;
  text_ += '\t';
}

void TextBuilder::leave_out(std::string_view sentence) {
  auto shown = valid_utf8(sentence.substr(0, longest_sentence));
  const bool is_said = std::find(left_out_.begin(), left_out_.end(), shown) != left_out_.end();
  if (!is_said && left_out_.size() < most_sentences) left_out_.push_back(std::move(shown));
}

Status TextBuilder::or_leave_out(const Status& read) {
  if (read) return {};
  if (read.error().code == ErrorCode::too_large) return read;
  leave_out(read.error().message);
  return {};
}

PlainText TextBuilder::take() {
  while (!text_.empty() && is_space(text_.back())) text_.pop_back();
  if (!text_.empty()) text_ += '\n';
  return {std::move(text_), std::move(left_out_)};
}

}  // namespace docmill
