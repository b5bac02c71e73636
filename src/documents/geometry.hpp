// Planes of a PDF page: user space (points, origin bottom left, as in the content) and display (points on the page as
// it is shown: crop box and rotation applied, origin top left, y downwards).
#pragma once

#include <algorithm>

#include "documents/text_page.hpp"

namespace docmill {

struct Point {
  double x = 0;
  double y = 0;
};

// As PDF writes it: (x, y) → (a x + c y + e, b x + d y + f).
struct Matrix {
  double a = 1;
  double b = 0;
  double c = 0;
  double d = 1;
  double e = 0;
  double f = 0;

  Point apply(Point p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
  // First this, then `next`.
  Matrix then(const Matrix& next) const {
    return {a * next.a + b * next.c, a * next.b + b * next.d,          c * next.a + d * next.c,
            c * next.b + d * next.d, e * next.a + f * next.c + next.e, e * next.b + f * next.d + next.f};
  }
};

// Where a page is cut from user space (y upwards: bottom is less than top), and how it is turned.
struct PageFrame {
  double left = 0;
  double bottom = 0;
  double right = 0;
  double top = 0;
  int rotation = 0;  // degrees clockwise: 0, 90, 180, 270

  double width() const { return rotation % 180 == 0 ? right - left : top - bottom; }  // as shown
  double height() const { return rotation % 180 == 0 ? top - bottom : right - left; }

  Matrix to_display() const {
    switch (rotation) {
      case 90:
        return {0, 1, 1, 0, -bottom, -left};
      case 180:
        return {-1, 0, 0, 1, right, -bottom};
      case 270:
        return {0, -1, -1, 0, top, right};
      default:
        return {1, 0, 0, -1, -left, top};
    }
  }
};

// The smallest box around what `matrix` makes of `box`.
inline Box transformed(const Box& box, const Matrix& matrix) {
  const Point corners[] = {matrix.apply({box.left, box.top}), matrix.apply({box.right, box.top}),
                           matrix.apply({box.left, box.bottom}), matrix.apply({box.right, box.bottom})};
  Box result{corners[0].x, corners[0].y, corners[0].x, corners[0].y};
  for (const auto& corner : corners) {
    result.left = std::min(result.left, corner.x);
    result.top = std::min(result.top, corner.y);
    result.right = std::max(result.right, corner.x);
    result.bottom = std::max(result.bottom, corner.y);
  }
  return result;
}

inline Box intersection(const Box& a, const Box& b) {
  const Box both{std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
                 std::min(a.bottom, b.bottom)};
  return both.right <= both.left || both.bottom <= both.top ? Box{} : both;
}

// The smallest box around both.
inline Box around(const Box& a, const Box& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

inline bool contains(const Box& outer, const Box& inner, double tolerance) {
  return outer.left <= inner.left + tolerance && outer.top <= inner.top + tolerance &&
         outer.right >= inner.right - tolerance && outer.bottom >= inner.bottom - tolerance;
}

}  // namespace docmill
