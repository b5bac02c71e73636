#include "processors/preprocessing/cleaning.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "processors/even_light.hpp"
#include "processors/page_measure.hpp"
#include "processors/pix.hpp"

namespace docmill::preprocessing {
namespace {

// Darker than this, "paper" is something else: a negative, a photograph.
constexpr int darkest_paper = 100;

Image resized(const Image& image, int width, int height) { return owned(pixScaleToSize(image.pix(), width, height)); }

Image darker_than(const Image& gray, int threshold) { return owned(pixThresholdToBinary(gray.pix(), threshold)); }

int pixels_set(const Image& binary) {
  l_int32 count = 0;
  pixCountPixels(binary.pix(), &count, nullptr);
  return count;
}

// Of `dark` (1 bit) what is connected to the image's edge and broader than a stroke.
Image dark_edge(const Image& dark) {
  constexpr int broader_than = 5;  // pixels; of lids at a quarter of the resolution: 1.7 mm at 300 dpi
  constexpr int edge = 2;
  constexpr int with_corners = 8;
  const auto broad = owned(pixOpenBrick(nullptr, dark.pix(), broader_than, broader_than));
  auto seed = owned(pixCreateTemplate(broad.pix()));
  pixSetOrClearBorder(seed.pix(), edge, edge, edge, edge, PIX_SET);
  pixAnd(seed.pix(), seed.pix(), broad.pix());
  return owned(pixSeedfillBinary(nullptr, seed.pix(), broad.pix(), with_corners));
}

// How much of `mask` lies in the middle of the page.
int pixels_within(const Image& mask, double margin) {
  const int left = static_cast<int>(mask.width() * margin);
  const int top = static_cast<int>(mask.height() * margin);
  return pixels_set(clipped(mask, left, top, mask.width() - 2 * left, mask.height() - 2 * top));
}

double density(const Image& marks, const Image& where) {
  const double area = pixels_set(where);
  return area > 0 ? pixels_set(owned(pixAnd(nullptr, marks.pix(), where.pix()))) / area : 0;
}

// Of `specks` (1 bit) those that are dust, `marks` being what is larger than they are. Dust lies anywhere on a page.
// Where there is much more of it around the marks than elsewhere, it is dots and pieces of broken letters there.
Image dust_among(Image specks, const Image& marks, double x_height) {
  constexpr double much_more = 2;
  constexpr double brush_to_x_height = 1.5;  // reaches under the arm of a T
  const int brush = static_cast<int>(std::lround(brush_to_x_height * x_height));
  const auto near = owned(pixDilateBrick(nullptr, marks.pix(), brush, brush));
  const auto elsewhere = owned(pixInvert(nullptr, near.pix()));
  const auto around = owned(pixXor(nullptr, near.pix(), marks.pix()));
  if (density(specks, around) <= much_more * density(specks, elsewhere)) return specks;
  return owned(pixAnd(nullptr, specks.pix(), elsewhere.pix()));
}

// `gray` with paper in the place of spots that are too small for a full stop; empty where there are none.
Image without_dust(const Image& gray, double x_height) {
  constexpr double speck_to_x_height = 1.0 / 8;
  constexpr long smallest = 2;  // pixels; where letters are too small for that, their dots and pieces are no larger
  constexpr long largest = 4;
  constexpr double hardly_dark = 0.35;  // of the contrast: thin strokes must not fall apart
  const auto tones = measure_tones(gray);
  const long fitting = std::lround(x_height * speck_to_x_height);
  if (tones.paper < darkest_paper || fitting < smallest) return {};
  const int size = static_cast<int>(std::min(fitting, largest));
  const auto dark = darker_than(gray, static_cast<int>(tones.paper - hardly_dark * (tones.paper - tones.ink)));
  const auto marks = owned(pixSelectBySize(dark.pix(), size, size, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GT, nullptr));
  const auto dust = dust_among(owned(pixXor(nullptr, dark.pix(), marks.pix())), marks, x_height);
  if (pixels_set(dust) == 0) return {};
  const auto rims = owned(pixDilateBrick(nullptr, dust.pix(), 3, 3));
  auto result = owned(pixCopy(nullptr, gray.pix()));
  pixSetMasked(result.pix(), rims.pix(), static_cast<l_uint32>(tones.paper));
  return result;
}

// Whether of `mask` much lies in the middle of the page: it is a picture, and not what lies around the page.
bool is_picture(const Image& mask) {
  constexpr double margin = 0.12;
  constexpr double most_in_the_middle = 0.05;
  return pixels_within(mask, margin) > pixels_set(mask) * most_in_the_middle;
}

// `gray` with paper in the place of what is dark along its edges; empty where nothing is.
Image without_dark_edges(const Image& gray) {
  constexpr int reduction = 4;
  constexpr int reach = 9;  // the soft rim of what is dark
  const auto tones = measure_tones(gray);
  if (tones.paper < darkest_paper) return {};
  const auto small = reduced_by(gray, reduction);
  const auto edge = dark_edge(darker_than(small, (tones.paper + tones.ink) / 2));
  if (pixels_set(edge) == 0 || is_picture(edge)) return {};
  const auto grown = owned(pixDilateBrick(nullptr, edge.pix(), reach, reach));
  const auto mask = resized(grown, gray.width(), gray.height());
  auto result = owned(pixCopy(nullptr, gray.pix()));
  pixSetMasked(result.pix(), mask.pix(), static_cast<l_uint32>(tones.paper));
  return result;
}

// `gray` with its paper as bright along its edges as elsewhere: towards the spine, or where it does not lie flat, it
// is often in the shadow. What is written there stays. Empty where there is no shadow.
Image without_shadows(const Image& gray) {
  constexpr int dpi = 37;
  constexpr double rim = 0.9;      // of the paper's brightness: here it begins, and so bright its paper becomes
  constexpr double deepest = 0.8;  // where it is no darker than that, it is left
  const auto tones = measure_tones(gray);
  if (tones.paper < darkest_paper) return {};
  const auto background = paper_of(gray, std::max(gray.dpi() / dpi, 1));
  const int bright = static_cast<int>(tones.paper * rim);
  const auto shadow = dark_edge(darker_than(background, bright));
  const auto dark = darker_than(background, static_cast<int>(tones.paper * deepest));
  if (pixels_set(owned(pixAnd(nullptr, shadow.pix(), dark.pix()))) == 0 || is_picture(shadow)) return {};
  const auto lit = divided(gray, background, tones.paper / 3, bright);
  const auto mask = resized(shadow, gray.width(), gray.height());
  auto result = owned(pixCopy(nullptr, gray.pix()));
  pixCombineMasked(result.pix(), lit.pix(), mask.pix());
  return result;
}

int contrast_of(const Image& gray) {
  const auto tones = measure_tones(gray);
  return tones.paper - tones.ink;
}

// `gray` with less of its grain; empty where there is little. On pale pages there may still be too much after once: the
// step contrast would make it as dark as print.
Image smoothed(const Image& gray, double noise) {
  constexpr double most_grain = 10;  // gray levels
  constexpr double most_in_contrast = 0.1;
  constexpr double most_left_in_contrast = 0.08;
  if (noise <= std::min(most_grain, most_in_contrast * contrast_of(gray))) return {};
  auto once = mean_of_neighbours(gray);
  if (coarse_noise(once) <= most_left_in_contrast * contrast_of(once)) return once;
  return mean_of_neighbours(once);
}

}  // namespace

Image without_borders(const Image& gray) {
  auto lit = without_shadows(gray);
  auto result = without_dark_edges(lit ? lit : gray);
  return result ? std::move(result) : std::move(lit);
}

Image with_full_contrast(const Image& gray) {
  constexpr int black_enough = 48;
  constexpr int white_enough = 240;
  constexpr double most_brighter = 0.02;  // of the page: white print on gray would be lost
  constexpr double most_cut = 0.1;        // of the contrast
  constexpr double of_grain = 2;          // its deviations; what is darker than grain is pale print
  const auto tones = measure_tones(gray);
  if (tones.ink <= black_enough && tones.paper >= white_enough) return {};
  if (tones.paper < darkest_paper || tones.paper <= tones.ink || tones.brighter > most_brighter) return {};
  const double spare = most_cut * (tones.paper - tones.ink);
  const double cut = std::min(spare, of_grain * measure_page(gray).noise);
  constexpr float linear = 1;
  return owned(pixGammaTRC(nullptr, gray.pix(), linear, static_cast<l_int32>(tones.ink - spare),
                           static_cast<l_int32>(tones.paper - cut)));
}

Image without_specks(const Image& gray) {
  const auto measure = measure_page(gray);
  auto smooth = smoothed(gray, measure.noise);
  auto result = without_dust(smooth ? smooth : gray, measure.x_height);
  return result ? std::move(result) : std::move(smooth);
}

}  // namespace docmill::preprocessing
