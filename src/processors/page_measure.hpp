// What can be told of a page from its pixels in some milliseconds.
#pragma once

#include "documents/image.hpp"

namespace docmill {

struct PageMeasure {
  double x_height = 0;  // pixels that most letters are high; 0: too few letters to tell
  double skew = 0;      // degrees clockwise that the page must be turned to stand straight; 0 where that is uncertain
  double noise = 0;     // standard deviation of the grain, in gray levels
};

// All of these throw std::bad_alloc; `gray` has 8 bits a pixel.
PageMeasure measure_page(const Image& gray);

// As `noise`, of grain that is as broad as three pixels: what a 3x3 mean leaves of it is hardly seen from one pixel to
// the next.
double coarse_noise(const Image& gray);

// The skew alone, which is looked for up to 12 degrees either way.
double find_skew(const Image& gray);

// What separates paper from print.
struct Tones {
  int paper = 255;      // the commonest gray level, of the commonest band of levels
  int ink = 0;          // only a hundredth of the page is darker
  double brighter = 0;  // share of the page that is clearly brighter than its paper
};
Tones measure_tones(const Image& gray);

// How unevenly the paper is lit: by what part of the brightest field's paper the darkest field's is darker. Fields that
// are dark altogether are pictures, and do not count.
double shading(const Image& gray);

// How sharp and how dark what is printed is, by the falls of brightness along rows and columns.
struct Print {
  double contrast = 0;    // 1: black on white; 0: nothing is printed, or the grain hides it
  double edge_width = 0;  // pixels that a fall from paper to ink takes; 0: as `contrast`
};
Print measure_print(const Image& gray, double noise);

// The sides of the page at which letters are cut off.
struct Sides {
  bool left = false;
  bool top = false;
  bool right = false;
  bool bottom = false;
};
Sides clipped_sides(const Image& gray, double x_height);

// Share of the pixels that differ from `paper` by more than `contrast` gray levels.
double ink_share(const Image& gray, int paper, int contrast);

// Whether there is next to nothing on the page (1-bit or 8-bit gray): paper, its grain and some dust.
bool is_blank(const Image& page);

}  // namespace docmill
