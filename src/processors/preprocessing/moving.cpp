#include "processors/preprocessing/moving.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "processors/binarize.hpp"
#include "processors/page_measure.hpp"
#include "processors/pix.hpp"
#include "processors/turn.hpp"

namespace docmill::preprocessing {
namespace {

struct DewarpDeleter {
  void operator()(L_Dewarpa* models) const { dewarpaDestroy(&models); }
};

// How dark, 0 … 255, each column of `gray` is between the margins: in the mean, and at least in four fifths of the
// rows.
struct Columns {
  std::vector<double> mean;
  std::vector<double> nearly_everywhere;
};

Columns darkness_of_columns(const Image& gray) {
  constexpr int margin = 10;  // a tenth of the height
  const int top = gray.height() / margin;
  const int bottom = gray.height() - top;
  Columns columns;
  std::vector<int> column;
  for (int x = 0; x < gray.width(); ++x) {
    column.clear();
    for (int y = top; y < bottom; ++y) {
      column.push_back(255 - static_cast<int>(GET_DATA_BYTE(row_of(gray, y), x)));
    }
    const auto fifth = column.begin() + static_cast<std::ptrdiff_t>(column.size() / 5);
    std::nth_element(column.begin(), fifth, column.end());
    columns.nearly_everywhere.push_back(*fifth);
    columns.mean.push_back(std::accumulate(column.begin(), column.end(), 0.0) / static_cast<double>(column.size()));
  }
  return columns;
}

// Whether there is about as much on the left of `x` as on the right of it.
bool is_balanced(const std::vector<double>& darkness, double x) {
  constexpr double least_share = 0.2;
  const auto cut = darkness.begin() + static_cast<std::ptrdiff_t>(x);
  const double left = std::accumulate(darkness.begin(), cut, 0.0);
  const double right = std::accumulate(cut, darkness.end(), 0.0);
  return std::min(left, right) > least_share * (left + right);
}

// The longest run of columns between `begin` and `end` that are hardly darker than the lightest there.
std::pair<int, int> lightest_run(const std::vector<double>& darkness, int begin, int end) {
  constexpr double tolerance = 3;  // gray levels
  const auto first = darkness.begin();
  const double lightest = *std::min_element(first + begin, first + end);
  std::pair<int, int> best{begin, begin};
  for (int x = begin, start = begin; x < end; ++x) {
    if (darkness[static_cast<std::size_t>(x)] > lightest + tolerance) start = x + 1;
    if (x + 1 - start > best.second - best.first) best = {start, x + 1};
  }
  return best;
}

// leptonica's model of how the lines of a page are bent; null where there are too few to tell.
std::shared_ptr<L_Dewarpa> model_of(const Image& gray) {
  constexpr int sampling = 30;
  constexpr int full_resolution = 1;
  constexpr int least_lines = 15;
  constexpr int largest_distance = 50;
  const auto black_and_white = in_black_and_white(gray);
  if (!black_and_white) return nullptr;
  std::shared_ptr<L_Dewarpa> models(dewarpaCreate(1, sampling, full_resolution, least_lines, largest_distance),
                                    DewarpDeleter());
  L_Dewarp* const model = dewarpCreate(black_and_white.pix(), 0);
  if (!models || model == nullptr) throw std::bad_alloc();
  dewarpaUseBothArrays(models.get(), 0);
  dewarpaInsertDewarp(models.get(), model);  // owned by `models` from now on
  if (dewarpBuildPageModel(model, nullptr) != 0 || model->vsuccess == 0) return nullptr;
  return models;
}

// How many pixels the line that is bent most takes beyond its height.
double bend_of(L_Dewarpa& models) {
  FPix* const shifts = dewarpaGetDewarp(&models, 0)->sampvdispar;
  l_int32 width = 0;
  l_int32 height = 0;
  fpixGetDimensions(shifts, &width, &height);
  double bend = 0;
  for (int y = 0; y < height; ++y) {
    l_float32* const row = fpixGetData(shifts) + static_cast<std::ptrdiff_t>(y) * fpixGetWpl(shifts);
    const auto [least, most] = std::minmax_element(row, row + width);
    bend = std::max(bend, static_cast<double>(*most - *least));
  }
  return bend;
}

// Reduced by a power of two, but not below what lines of text need.
Image reduced(const Image& gray) {
  constexpr int least_side = 1400;  // an A4 page at 150 dpi: a quarter of the pixels of most scans
  auto small = gray.clone();
  while (std::max(small.width(), small.height()) >= 2 * least_side) {
    const int dpi = small.dpi() / 2;
    small = owned(pixScaleAreaMap2(small.pix()));
    pixSetResolution(small.pix(), dpi, dpi);
  }
  return small;
}

// Whether lines are bent by more than what the engine reads as well as straight ones. Less of it is found on flat
// pages too: headings, columns and handwriting make it up.
bool is_bent(const Image& small) {
  constexpr double least_bend = 1.5;  // heights of letters
  const double x_height = measure_page(small).x_height;
  const auto models = model_of(small);
  return models && x_height > 0 && bend_of(*models) >= least_bend * x_height;
}

// The more it is, the more distinctly rows of ink and of paper take turns.
double distinctness_of_lines(const Image& small) {
  const auto black_and_white = in_black_and_white(small);
  l_float32 sum = 0;
  if (black_and_white) pixFindDifferentialSquareSum(black_and_white.pix(), &sum);
  return static_cast<double>(sum);
}

}  // namespace

std::optional<int> find_gutter(const Image& gray) {
  constexpr double least_aspect = 1.15;  // width to height: two pages beside each other
  constexpr int columns = 400;
  constexpr double middle_from = 0.4;
  constexpr double middle_to = 0.6;
  constexpr double least_gutter = 0.015;  // of the width
  constexpr double shadow = 25;           // gray levels darker than the rest
  if (gray.width() < gray.height() * least_aspect || gray.width() < columns) return std::nullopt;
  const auto scale = static_cast<float>(columns) / static_cast<float>(gray.width());
  const auto small = owned(pixScaleAreaMap(gray.pix(), scale, scale));
  const auto darkness = darkness_of_columns(small);
  const auto begin = static_cast<int>(columns * middle_from);
  const auto end = static_cast<int>(columns * middle_to);
  const auto [from, to] = lightest_run(darkness.mean, begin, end);
  const auto& everywhere = darkness.nearly_everywhere;
  const auto darkest = std::max_element(everywhere.begin() + begin, everywhere.begin() + end);
  const double usual = *std::min_element(everywhere.begin() + begin, everywhere.begin() + end);
  double gutter = (from + to) / 2.0;
  if (*darkest > usual + shadow) {
    gutter = static_cast<double>(darkest - everywhere.begin()) + 0.5;  // the shadow where the leaves meet
  } else if (to - from < columns * least_gutter) {
    return std::nullopt;
  }
  if (!is_balanced(darkness.mean, gutter)) return std::nullopt;
  return static_cast<int>(gutter / static_cast<double>(scale));
}

Sheet cut(const Sheet& sheet, int left, int right) {
  Sheet part;
  part.image = clipped(sheet.image, left, 0, right - left, sheet.image.height());
  part.way_back = sheet.way_back;
  part.way_back.add([left](Point point) { return Point{point.x + left, point.y}; });
  return part;
}

bool straighten(Sheet& sheet) {
  const double skew = find_skew(sheet.image);
  if (std::abs(skew) < least_skew) return false;
  Turn::Steps steps;
  steps.width = sheet.image.width();
  steps.height = sheet.image.height();
  sheet.image = turned_with_room(sheet.image, skew, steps);
  sheet.way_back.add(Turn(steps));
  return true;
}

bool flatten(Sheet& sheet) {
  constexpr int white = 255;
  constexpr double least_gain = 1.1;
  const auto small = reduced(sheet.image);
  if (!is_bent(small)) return false;
  const auto models = model_of(sheet.image);
  if (!models) return false;
  Pix* flat = nullptr;
  if (dewarpaApplyDisparity(models.get(), 0, sheet.image.pix(), white, 0, 0, &flat, nullptr) != 0) return false;
  auto image = owned(flat);
  const int dpi = sheet.image.dpi();
  pixSetResolution(image.pix(), dpi, dpi);
  if (distinctness_of_lines(reduced(image)) < least_gain * distinctness_of_lines(small)) return false;
  auto* const model = dewarpaGetDewarp(models.get(), 0);
  if (dewarpPopulateFullRes(model, nullptr, 0, 0) != 0) throw std::bad_alloc();
  sheet.image = std::move(image);
  // The model says for every pixel of the flat page from how much higher up it was taken.
  l_int32 width = 0;
  l_int32 height = 0;
  fpixGetDimensions(model->fullvdispar, &width, &height);
  sheet.way_back.add([models, model, width, height](Point point) {
    const int x = std::clamp(static_cast<int>(point.x), 0, width - 1);
    const int y = std::clamp(static_cast<int>(point.y), 0, height - 1);
    l_float32 higher = 0;
    fpixGetPixel(model->fullvdispar, x, y, &higher);
    return Point{point.x, point.y - static_cast<double>(higher)};
  });
  return true;
}

bool change_resolution(Sheet& sheet, int dpi) {
  constexpr double near_enough = 0.05;
  const double scale = static_cast<double>(dpi) / std::max(sheet.image.dpi(), 1);
  if (std::abs(scale - 1) < near_enough) return false;
  const auto factor = static_cast<float>(scale);
  sheet.image = owned(scale < 1 ? pixScaleAreaMap(sheet.image.pix(), factor, factor)
                                : pixScaleGrayLI(sheet.image.pix(), factor, factor));
  pixSetResolution(sheet.image.pix(), dpi, dpi);
  sheet.way_back.add([scale](Point point) { return Point{point.x / scale, point.y / scale}; });
  return true;
}

}  // namespace docmill::preprocessing
