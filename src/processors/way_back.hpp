// WayBack: from the pixels of an image back to those of the page that it was made of.
#pragma once

#include <functional>
#include <vector>

#include "documents/geometry.hpp"

namespace docmill {

class WayBack {
 public:
  using Step = std::function<Point(Point)>;

  WayBack() = default;  // the image is the page

  // The image was changed once more: `step` leads from its pixels to those that it had before.
  void add(Step step) { steps_.push_back(std::move(step)); }

  Point to_page(Point point) const;
  // The smallest upright box around what `box` covers on the page.
  Box to_page(const Box& box) const;
  // All boxes and baselines of `blocks`.
  void to_page(std::vector<Block>& blocks) const;

 private:
  void to_page(Line& line) const;

  std::vector<Step> steps_;  // the last one is the first on the way
};

// The step back from an image that was turned clockwise by `degrees`, a multiple of 90, and had this size before.
WayBack::Step quarter_turns(int degrees, int width, int height);

// A page was scaled, white was put around it, and it was turned about its middle as leptonica turns: clockwise, the
// middle being the pixel at half the width and height, rounded down.
class Turn {
 public:
  struct Steps {
    double scale = 1;  // pixels of the result per pixel of the page
    int width = 0;     // of the scaled page
    int height = 0;
    int pad_x = 0;       // white at the left and at the right
    int pad_y = 0;       // … above and below
    double radians = 0;  // clockwise
  };

  explicit Turn(const Steps& steps);

  Point operator()(Point point) const;

 private:
  double scale_;
  double cosine_;
  double sine_;
  Point middle_;
  Point pad_;
};

}  // namespace docmill
