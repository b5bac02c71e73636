#include "processors/ocr/text_layer.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <memory>

#include "processors/page_measure.hpp"
#include "processors/page_text.hpp"
#include "processors/pix.hpp"

namespace docmill::ocr {
namespace {

// On a page of A4's size; on smaller pages proportionally fewer.
constexpr double sparse_words = 12;
constexpr double a4_square_points = 595.0 * 842.0;

struct BoxDeleter {
  void operator()(::Box* box) const { boxDestroy(&box); }
};
using BoxOwner = std::unique_ptr<::Box, BoxDeleter>;

}  // namespace

bool is_sparse(const TextPage& page) {
  std::size_t words = 0;
  for_each_word(page, [&](const Word&) { ++words; });
  const double inches = 72 / page.dpi;
  const double share = page.width * page.height * inches * inches / a4_square_points;
  return static_cast<double>(words) < sparse_words * std::min(share, 1.0);
}

bool shows_more_than(const TextPage& page, const Image& drawn) {
  constexpr int contrast = 64;        // gray levels
  constexpr double most_ink = 0.003;  // share of the page; a page of text has ten times as much
  constexpr double slack = 2;         // pixels that letters reach out of their boxes
  auto rest = owned(pixConvertTo8(drawn.pix(), 0));
  const int paper = measure_tones(rest).paper;
  for_each_word(page, [&](const Word& word) {
    const int left = static_cast<int>(word.box.left - slack);
    const int top = static_cast<int>(word.box.top - slack);
    const int width = static_cast<int>(word.box.width() + 2 * slack) + 1;
    const int height = static_cast<int>(word.box.height() + 2 * slack) + 1;
    BoxOwner box(boxCreate(std::max(left, 0), std::max(top, 0), width, height));
    if (box) pixSetInRectArbitrary(rest.pix(), box.get(), static_cast<l_uint32>(paper));
  });
  return ink_share(rest, paper, contrast) > most_ink;
}

}  // namespace docmill::ocr
