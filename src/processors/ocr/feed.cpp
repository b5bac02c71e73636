#include "processors/ocr/feed.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "processors/even_light.hpp"
#include "processors/page_measure.hpp"
#include "processors/pix.hpp"
#include "processors/turn.hpp"

namespace docmill::ocr {
namespace {

// Height of small letters that the engine reads best in least time, in pixels. Below, errors grow fast; above, only
// time does. See docs/design/recognition.md for the figures.
constexpr double wanted_x_height = 12.5;
// The resolution at which the text of books is of that height. The engine is told it whatever the page's own is: from
// the resolution it takes how large the pieces of letters and the gaps between them may be. Small print that is said to
// have 300 dpi falls apart into lines of its own here and there.
constexpr int fed_dpi = 200;
// Of pages whose text could not be measured.
constexpr int assumed_dpi = 300;

constexpr double least_scale = 0.25;
constexpr double largest_scale = 2.5;
// Nearer to 1, a change of scale costs small print sharpness and gains little time.
constexpr double scale_to_leave = 0.2;
// Scaling blurs: how much of the difference from a 3x3 mean is put on top again.
constexpr float sharpening = 0.4F;

constexpr double noise_to_smooth = 10;

constexpr int darkest_paper = 128;
constexpr double most_brighter = 0.02;   // share of the page
constexpr double paper_tolerance = 0.1;  // of the contrast of ink on paper
constexpr double ink_tolerance = 0.2;

double scale_for(const PageMeasure& measure, int dpi) {
  double scale = static_cast<double>(fed_dpi) / (dpi > 0 ? dpi : assumed_dpi);
  if (measure.x_height > 0) scale = wanted_x_height / measure.x_height;
  scale = std::clamp(scale, least_scale, largest_scale);
  return std::abs(scale - 1) < scale_to_leave ? 1 : scale;
}

Image scaled(Image image, double scale) {
  if (scale == 1) return image;
  const auto factor = static_cast<float>(scale);
  // Each output pixel is the mean of those that it covers, or where that would be hardly more than one, interpolated.
  constexpr double least_for_interpolation = 0.7;
  return owned(scale < least_for_interpolation ? pixScaleAreaMap(image.pix(), factor, factor)
                                               : pixScaleGrayLI(image.pix(), factor, factor));
}

// What of a page without grain was lost by scaling; a page with grain has just been smoothed.
Image sharpened(Image gray, const PageMeasure& measure) {
  constexpr int radius = 1;
  if (measure.noise > noise_to_smooth) return gray;
  return owned(pixUnsharpMaskingGray(gray.pix(), radius, sharpening));
}

// What is lit from one side, or has a shadow along the spine, becomes even.
Image evened(Image gray) {
  auto even = with_even_background(gray);
  return even ? std::move(even) : std::move(gray);
}

// Makes the paper white and its grain vanish: the engine packs and unpacks every line's pixels without loss, which
// grain makes slow. The ink becomes black, and with it the full stops, which scaling has made paler. Not where much is
// brighter than the paper: what is written there in white would be lost.
Image whitened(Image gray) {
  const auto tones = measure_tones(gray);
  const int white = tones.paper - static_cast<int>(paper_tolerance * (tones.paper - tones.ink));
  if (tones.paper < darkest_paper || tones.brighter > most_brighter || white <= tones.ink) return gray;
  constexpr float linear = 1;
  const int black = tones.ink / 2 + static_cast<int>(ink_tolerance * (tones.paper - tones.ink));
  return owned(pixGammaTRC(nullptr, gray.pix(), linear, black, white));
}

// Straight, where it is not. `steps`: what was done to the page before; `dpi`: what the engine is told.
void straighten(Fed& fed, double skew, Turn::Steps steps, int dpi) {
  if (std::abs(skew) > least_skew) {
    fed.image = turned_with_room(fed.image, skew, steps);
    fed.skew = skew;
  }
  pixSetResolution(fed.image.pix(), dpi, dpi);
  fed.way_back.add(Turn(steps));
}

}  // namespace

Fed feed(const Image& page) {
  auto gray = evened(gray_of(page));
  const auto measure = measure_page(gray);
  Fed fed;
  Turn::Steps steps;
  steps.scale = scale_for(measure, page.dpi());
  if (measure.noise > noise_to_smooth) gray = mean_of_neighbours(gray);
  fed.image = whitened(sharpened(scaled(std::move(gray), steps.scale), measure));
  steps.width = fed.image.width();
  steps.height = fed.image.height();
  straighten(fed, measure.skew, steps, fed_dpi);
  return fed;
}

Fed turned(const Image& fed, int degrees) {
  Fed result;
  result.image = turned_by_quarters(gray_of(fed), degrees);
  result.way_back.add(quarter_turns(degrees, fed.width(), fed.height()));
  const Turn::Steps steps{.width = result.image.width(), .height = result.image.height()};
  straighten(result, measure_page(result.image).skew, steps, fed.dpi());
  return result;
}

}  // namespace docmill::ocr
