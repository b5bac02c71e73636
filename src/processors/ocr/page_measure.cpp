#include "processors/ocr/page_measure.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "processors/ocr/pix.hpp"

namespace docmill::ocr {
namespace {

// Pages are measured at about the resolution of an A4 page at 150 dpi: letters are still letters, and it takes little
// time whatever the scan's resolution is.
constexpr int measured_side = 1400;

constexpr std::size_t least_letters = 30;
constexpr int least_letter_height = 4;       // smaller ones are dots, commas and dust
constexpr double largest_letter = 1.0 / 12;  // of the page's height; larger ones are pictures and frames

constexpr float least_skew_confidence = 3;
constexpr float most_skew = 7;  // degrees either way

// Reduces by a power of two.
Image reduced(const Image& gray) {
  auto image = gray.clone();
  while (std::max(image.width(), image.height()) >= 2 * measured_side) image = owned(pixScaleAreaMap2(image.pix()));
  return image;
}

// Otsu's threshold over the whole page.
Image binarised(const Image& gray) {
  Pix* binary = nullptr;
  constexpr float score_fraction = 0;
  if (pixOtsuAdaptiveThreshold(gray.pix(), gray.width(), gray.height(), 0, 0, score_fraction, nullptr, &binary) != 0) {
    return {};
  }
  return owned(binary);
}

// The median height of what could be letters, in pixels of `binary`; 0: too few. Most letters of a text are as high as
// an x, in every script that has such letters.
double median_letter_height(const Image& binary) {
  Boxa* const boxes = pixConnCompBB(binary.pix(), 8);
  if (boxes == nullptr) throw std::bad_alloc();
  std::vector<int> heights;
  const int count = boxaGetCount(boxes);
  const int most = static_cast<int>(binary.height() * largest_letter);
  for (int i = 0; i < count; ++i) {
    l_int32 width = 0;
    l_int32 height = 0;
    boxaGetBoxGeometry(boxes, i, nullptr, nullptr, &width, &height);
    if (height >= least_letter_height && height <= most && width <= 4 * height && height <= 8 * width) {
      heights.push_back(height);
    }
  }
  Boxa* owned_boxes = boxes;
  boxaDestroy(&owned_boxes);
  if (heights.size() < least_letters) return 0;
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

double skew_of(const Image& binary) {
  float angle = 0;
  float confidence = 0;
  constexpr int sweep_reduction = 4;
  constexpr int search_reduction = 2;
  constexpr float step = 1;
  constexpr float precision = 0.02F;
  const int failed = pixFindSkewSweepAndSearch(binary.pix(), &angle, &confidence, sweep_reduction, search_reduction,
                                               most_skew, step, precision);
  return failed != 0 || confidence < least_skew_confidence ? 0 : static_cast<double>(angle);
}

// leptonica's macros want a pointer that is not const.
l_uint32* row_of(const Image& gray, int y) {
  return pixGetData(gray.pix()) + static_cast<std::ptrdiff_t>(y) * pixGetWpl(gray.pix());
}

// Of every `step`th row.
std::array<std::size_t, 256> gray_histogram(const Image& gray, int step) {
  std::array<std::size_t, 256> histogram{};
  for (int y = 0; y < gray.height(); y += step) {
    auto* const row = row_of(gray, y);
    for (int x = 0; x < gray.width(); ++x) ++histogram[static_cast<std::size_t>(GET_DATA_BYTE(row, x))];
  }
  return histogram;
}

// From the median of second differences along some rows: paper is most of a page, so letters hardly count.
double noise_of(const Image& gray) {
  constexpr int row_step = 16;
  std::array<std::size_t, 1024> histogram{};
  std::size_t total = 0;
  for (int y = 0; y < gray.height(); y += row_step) {
    auto* const row = row_of(gray, y);
    for (int x = 1; x + 1 < gray.width(); ++x) {
      const int left = GET_DATA_BYTE(row, x - 1);
      const int here = GET_DATA_BYTE(row, x);
      const int right = GET_DATA_BYTE(row, x + 1);
      ++histogram[static_cast<std::size_t>(std::abs(left - 2 * here + right))];
      ++total;
    }
  }
  std::size_t seen = 0;
  std::size_t median = 0;
  while (median < histogram.size() && (seen += histogram[median]) * 2 < total) ++median;
  // The second difference of independent noise has √6 times its deviation, and the median of its size is 0.6745 of
  // that.
  return static_cast<double>(median) / (std::sqrt(6.0) * 0.6745);
}

}  // namespace

PageMeasure measure_page(const Image& gray) {
  PageMeasure measure;
  measure.noise = noise_of(gray);
  const auto small = reduced(gray);
  const auto binary = binarised(small);
  if (!binary) return measure;
  measure.x_height = median_letter_height(binary) * gray.height() / small.height();
  measure.skew = skew_of(binary);
  return measure;
}

Tones measure_tones(const Image& gray) {
  constexpr double ink_share = 0.01;
  constexpr int clearly = 8;  // gray levels
  const auto histogram = gray_histogram(gray, 4);
  const auto total = static_cast<double>(std::accumulate(histogram.begin(), histogram.end(), std::size_t{0}));
  Tones tones;
  tones.paper = static_cast<int>(std::max_element(histogram.begin(), histogram.end()) - histogram.begin());
  std::size_t darker = 0;
  while (tones.ink < tones.paper) {
    darker += histogram[static_cast<std::size_t>(tones.ink)];
    if (static_cast<double>(darker) >= ink_share * total) break;
    ++tones.ink;
  }
  const auto from = std::min(histogram.size(), static_cast<std::size_t>(tones.paper + clearly));
  const auto bright =
      std::accumulate(histogram.begin() + static_cast<std::ptrdiff_t>(from), histogram.end(), std::size_t{0});
  tones.brighter = total > 0 ? static_cast<double>(bright) / total : 0;
  return tones;
}

double shading(const Image& gray) {
  constexpr int fields = 8;  // to a side
  constexpr int least_paper = 96;
  constexpr int row_step = 4;
  std::array<std::array<std::array<std::size_t, 256>, fields>, fields> histograms{};
  for (int y = 0; y < gray.height(); y += row_step) {
    auto& fields_of_row = histograms[static_cast<std::size_t>(y * fields / gray.height())];
    auto* const row = row_of(gray, y);
    for (int x = 0; x < gray.width(); ++x) {
      ++fields_of_row[static_cast<std::size_t>(x * fields / gray.width())]
                     [static_cast<std::size_t>(GET_DATA_BYTE(row, x))];
    }
  }
  int darkest = 255;
  int brightest = 0;
  for (const auto& fields_of_row : histograms) {
    for (const auto& levels : fields_of_row) {
      const auto paper = static_cast<int>(std::max_element(levels.begin(), levels.end()) - levels.begin());
      if (paper < least_paper) continue;
      darkest = std::min(darkest, paper);
      brightest = std::max(brightest, paper);
    }
  }
  return brightest > darkest ? 1 - static_cast<double>(darkest) / brightest : 0;
}

double ink_share(const Image& gray, int paper, int contrast) {
  const auto histogram = gray_histogram(gray, 1);
  std::size_t ink = 0;
  std::size_t all = 0;
  for (int level = 0; level < 256; ++level) {
    const auto pixels = histogram[static_cast<std::size_t>(level)];
    all += pixels;
    if (std::abs(level - paper) > contrast) ink += pixels;
  }
  return all > 0 ? static_cast<double>(ink) / static_cast<double>(all) : 0;
}

bool is_blank(const Image& page) {
  constexpr int small_side = 450;  // A4 at 300 dpi becomes an eighth: a full stop of a book's print is still a pixel
  constexpr int contrast = 40;     // gray levels
  constexpr int margin = 4;        // percent: shadows of the paper's edge
  constexpr int least_marks = 6;   // pixels
  auto small = gray_of(page);
  while (std::max(small.width(), small.height()) >= 2 * small_side) small = owned(pixScaleAreaMap2(small.pix()));
  const auto histogram = gray_histogram(small, 1);
  const auto paper = std::max_element(histogram.begin(), histogram.end()) - histogram.begin();
  const int margin_x = small.width() * margin / 100;
  const int margin_y = small.height() * margin / 100;
  int marks = 0;
  for (int y = margin_y; y < small.height() - margin_y; ++y) {
    auto* const row = row_of(small, y);
    for (int x = margin_x; x < small.width() - margin_x; ++x) {
      if (std::abs(GET_DATA_BYTE(row, x) - paper) > contrast && ++marks >= least_marks) return false;
    }
  }
  return true;
}

}  // namespace docmill::ocr
