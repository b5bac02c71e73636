#include "processors/page_measure.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <vector>

#include "processors/pix.hpp"

namespace docmill {
namespace {

// Pages are measured at about the resolution of an A4 page at 150 dpi: letters are still letters, and it takes little
// time whatever the scan's resolution is.
constexpr int measured_side = 1400;

constexpr std::size_t least_letters = 30;
constexpr int least_letter_height = 4;       // smaller ones are dots, commas and dust
constexpr double largest_letter = 1.0 / 12;  // of the page's height; larger ones are pictures and frames

constexpr float least_skew_confidence = 3;
constexpr float most_skew = 12;  // degrees either way

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
// Of every `step`th row.
std::array<std::size_t, 256> gray_histogram(const Image& gray, int step) {
  std::array<std::size_t, 256> histogram{};
  for (int y = 0; y < gray.height(); y += step) {
    auto* const row = row_of(gray, y);
    for (int x = 0; x < gray.width(); ++x) ++histogram[static_cast<std::size_t>(GET_DATA_BYTE(row, x))];
  }
  return histogram;
}

// How often brightness falls by so many gray levels within so many quarters of a pixel: the fall over its steepest
// step.
class Falls {
 public:
  template <class Level>
  void add_line(int length, Level level) {
    int top = level(0);
    int before = top;
    int steepest = 0;
    for (int i = 1; i < length; ++i) {
      const int here = level(i);
      if (here < before) {
        steepest = std::max(steepest, before - here);
      } else {
        if (steepest > 0) add(top - before, steepest);
        top = here;
        steepest = 0;
      }
      before = here;
    }
  }

  // Of the falls of at least `least` levels, the height that `share` of them do not reach; 0: there are too few.
  int height(int least, double share) const {
    constexpr std::size_t few = 200;
    std::size_t all = 0;
    for (int h = least; h < 256; ++h) all += sum(h);
    if (all < few) return 0;
    std::size_t seen = 0;
    int height = least;
    while (height < 255 && static_cast<double>(seen += sum(height)) < share * static_cast<double>(all)) ++height;
    return height;
  }

  // The median width of falls of at least `least` levels, in pixels.
  double width(int least) const {
    std::array<std::size_t, widest> widths{};
    std::size_t all = 0;
    for (int h = least; h < 256; ++h) {
      for (std::size_t w = 0; w < widest; ++w) {
        widths[w] += count_[static_cast<std::size_t>(h)][w];
        all += count_[static_cast<std::size_t>(h)][w];
      }
    }
    std::size_t seen = 0;
    std::size_t median = 0;
    while (median + 1 < widest && (seen += widths[median]) * 2 < all) ++median;
    return static_cast<double>(median) / a_pixel;
  }

 private:
  static constexpr std::size_t a_pixel = 4;
  static constexpr std::size_t widest = 32 * a_pixel;

  void add(int fall, int steepest) {
    const auto width = static_cast<std::size_t>(fall) * a_pixel / static_cast<std::size_t>(steepest);
    ++count_[static_cast<std::size_t>(fall)][std::min(width, widest - 1)];
  }
  std::size_t sum(int height) const {
    const auto& row = count_[static_cast<std::size_t>(height)];
    return std::accumulate(row.begin(), row.end(), std::size_t{0});
  }

  std::array<std::array<std::uint32_t, widest>, 256> count_{};
};

// How far the paper's own brightness varies upwards, where there is no ink, in gray levels.
int spread_above_paper(const std::array<std::size_t, 256>& histogram) {
  constexpr double share = 0.68;  // one deviation, if the grain is normal
  const auto paper = std::max_element(histogram.begin(), histogram.end());
  const auto all = static_cast<double>(std::accumulate(paper + 1, histogram.end(), std::size_t{0}));
  std::size_t seen = 0;
  for (auto level = paper + 1; level != histogram.end(); ++level) {
    seen += *level;
    if (seen > 0 && static_cast<double>(seen) >= share * all) return static_cast<int>(level - paper);
  }
  return 0;
}

// Whether much that is narrow is a little darker than what is around it, beyond the paper's grain. `small`: as is_blank
// looks at pages; the margins are left out.
bool has_pale_print(const Image& small, int margin_x, int margin_y) {
  constexpr int broadest_stroke = 5;  // pixels
  constexpr int least_contrast = 12;  // gray levels; print that shows through from the other side stays below
  constexpr int grain_to_contrast = 6;
  constexpr std::size_t least_marks = 300;  // a few words
  const int contrast = std::max(least_contrast, grain_to_contrast * spread_above_paper(gray_histogram(small, 1)));
  const auto strokes = owned(pixTophat(small.pix(), broadest_stroke, broadest_stroke, L_TOPHAT_BLACK));
  const auto inner = clipped(strokes, margin_x, margin_y, small.width() - 2 * margin_x, small.height() - 2 * margin_y);
  const auto levels = gray_histogram(inner, 1);
  const auto from = levels.begin() + std::min<std::ptrdiff_t>(contrast, 255);
  return std::accumulate(from, levels.end(), std::size_t{0}) >= least_marks;
}

// From the median of second differences over `step` pixels along some rows: paper is most of a page, so letters hardly
// count.
double noise_of(const Image& gray, int step) {
  constexpr int row_step = 16;
  std::array<std::size_t, 1024> histogram{};
  std::size_t total = 0;
  for (int y = 0; y < gray.height(); y += row_step) {
    auto* const row = row_of(gray, y);
    for (int x = step; x + step < gray.width(); ++x) {
      const int left = GET_DATA_BYTE(row, x - step);
      const int here = GET_DATA_BYTE(row, x);
      const int right = GET_DATA_BYTE(row, x + step);
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

// Strong grain makes letters hang together in black and white, and lines do not stand out.
Image without_strong_grain(const Image& gray) {
  constexpr double strong = 12;  // gray levels
  return noise_of(gray, 1) > strong ? mean_of_neighbours(gray) : gray.clone();
}

// The commonest gray level, but of the commonest band of levels: a scanner's lid may be of one level altogether, and
// paper has grain.
int paper_level(const std::array<std::size_t, 256>& histogram) {
  constexpr std::ptrdiff_t band = 17;
  auto best = histogram.begin();
  std::size_t most = 0;
  for (auto from = histogram.begin(); from + band <= histogram.end(); ++from) {
    const auto sum = std::accumulate(from, from + band, std::size_t{0});
    if (sum <= most) continue;
    most = sum;
    best = from;
  }
  return static_cast<int>(std::max_element(best, best + band) - histogram.begin());
}

}  // namespace

PageMeasure measure_page(const Image& gray) {
  PageMeasure measure;
  measure.noise = noise_of(gray, 1);
  const auto small = reduced(gray);
  const auto binary = binarised(small);
  if (!binary) return measure;
  measure.x_height = median_letter_height(binary) * gray.height() / small.height();
  measure.skew = skew_of(binary);
  return measure;
}

double coarse_noise(const Image& gray) { return noise_of(gray, 3); }

double find_skew(const Image& gray) {
  const auto binary = binarised(without_strong_grain(reduced(gray)));
  return binary ? skew_of(binary) : 0;
}

Tones measure_tones(const Image& gray) {
  constexpr double ink_share = 0.01;
  constexpr int clearly = 8;  // gray levels
  const auto histogram = gray_histogram(gray, 4);
  const auto total = static_cast<double>(std::accumulate(histogram.begin(), histogram.end(), std::size_t{0}));
  Tones tones;
  tones.paper = paper_level(histogram);
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

Print measure_print(const Image& gray, double noise) {
  constexpr int step = 8;
  constexpr double share = 0.7;        // the falls below are those of thin strokes and of grain
  constexpr double of_contrast = 0.6;  // lower falls are no edges of letters
  constexpr int least_fall = 12;
  constexpr double noise_to_fall = 6;
  auto rows = std::make_unique<Falls>();
  auto columns = std::make_unique<Falls>();
  for (int y = 0; y < gray.height(); y += step) {
    auto* const row = row_of(gray, y);
    rows->add_line(gray.width(), [&](int x) { return static_cast<int>(GET_DATA_BYTE(row, x)); });
  }
  for (int x = 0; x < gray.width(); x += step) {
    columns->add_line(gray.height(), [&](int y) { return static_cast<int>(GET_DATA_BYTE(row_of(gray, y), x)); });
  }
  const int least = std::max(least_fall, static_cast<int>(noise_to_fall * noise));
  const int fall = least < 256 ? rows->height(least, share) : 0;
  if (fall == 0) return {};
  const int edge = static_cast<int>(of_contrast * fall);
  return {fall / 255.0, std::max(rows->width(edge), columns->width(edge))};
}

Sides clipped_sides(const Image& gray, double x_height) {
  constexpr int least_cut = 3;       // letters at the left and at the right
  constexpr int least_cut_line = 8;  // at the top and at the bottom, where a whole line is cut
  const auto small = reduced(gray);
  const auto binary = binarised(small);
  if (!binary || x_height <= 0) return {};
  const double letter = x_height * small.height() / gray.height();
  Boxa* boxes = pixConnCompBB(binary.pix(), 8);
  if (boxes == nullptr) throw std::bad_alloc();
  std::array<int, 4> cut{};
  for (int i = 0; i < boxaGetCount(boxes); ++i) {
    l_int32 x = 0;
    l_int32 y = 0;
    l_int32 width = 0;
    l_int32 height = 0;
    boxaGetBoxGeometry(boxes, i, &x, &y, &width, &height);
    const bool as_high = height >= 0.6 * letter && height <= 4 * letter && width <= 4 * letter && width > 1;
    const bool as_wide = width >= 0.3 * letter && width <= 4 * letter && height <= 4 * letter && height > 1;
    cut[0] += as_high && x == 0 ? 1 : 0;
    cut[1] += as_wide && y == 0 ? 1 : 0;
    cut[2] += as_high && x + width == binary.width() ? 1 : 0;
    cut[3] += as_wide && y + height == binary.height() ? 1 : 0;
  }
  boxaDestroy(&boxes);
  return {cut[0] >= least_cut, cut[1] >= least_cut_line, cut[2] >= least_cut, cut[3] >= least_cut_line};
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
  constexpr int small_side = 450;  // A4 at 300 dpi becomes a quarter: a full stop of a book's print is still a pixel
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
  return !has_pale_print(small, margin_x, margin_y);
}

}  // namespace docmill
