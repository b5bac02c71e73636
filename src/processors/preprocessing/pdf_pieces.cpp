#include "processors/preprocessing/pdf_pieces.hpp"

#include <algorithm>

namespace docmill::preprocessing {
namespace {

std::string with_digits(int number, std::size_t digits) {
  const auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

std::vector<Piece> split_by_pages(const std::vector<int>& pages, int most_pages) {
  const auto step = most_pages > 0 ? static_cast<std::size_t>(most_pages) : pages.size();
  std::vector<Piece> pieces;
  for (std::size_t begin = 0; begin < pages.size(); begin += step) {
    const auto end = std::min(pages.size(), begin + step);
    pieces.emplace_back(pages.begin() + static_cast<std::ptrdiff_t>(begin),
                        pages.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return pieces;
}

std::string piece_name(const Piece& piece, int page_count) {
  const auto digits = std::to_string(page_count).size();
  const auto first = with_digits(piece.front(), digits);
  if (piece.size() == 1) return "page-" + first + ".pdf";
  return "pages-" + first + "-" + with_digits(piece.back(), digits) + ".pdf";
}

}  // namespace docmill::preprocessing
