// WayBack: from the pixels of a fed image to those of the page that it was made of.
#pragma once

#include <vector>

#include "documents/text_page.hpp"

namespace docmill::ocr {

// The page was scaled, white was put around it, and it was turned about its middle as leptonica turns: clockwise, the
// middle being the pixel at half the width and height, rounded down.
class WayBack {
 public:
  struct Steps {
    double scale = 1;  // fed pixels per pixel of the page
    int width = 0;     // of the scaled page
    int height = 0;
    int pad_x = 0;       // white at the left and at the right
    int pad_y = 0;       // … above and below
    double radians = 0;  // clockwise
  };

  WayBack() = default;  // the fed image is the page
  explicit WayBack(const Steps& steps);

  // The smallest upright box around what `box` covers on the page.
  Box to_page(const Box& box) const;
  // All boxes and baselines of `blocks`.
  void to_page(std::vector<Block>& blocks) const;

 private:
  struct Point {
    double x = 0;
    double y = 0;
  };
  Point to_page(Point point) const;
  void to_page(Line& line) const;

  double scale_ = 1;
  double cosine_ = 1;
  double sine_ = 0;
  Point middle_;
  Point pad_;
};

}  // namespace docmill::ocr
