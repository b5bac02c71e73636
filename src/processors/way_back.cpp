#include "processors/way_back.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace docmill {

Turn::Turn(const Steps& steps)
    : scale_(steps.scale),
      cosine_(std::cos(steps.radians)),
      sine_(std::sin(steps.radians)),
      middle_{std::floor((steps.width + 2 * steps.pad_x) / 2.0), std::floor((steps.height + 2 * steps.pad_y) / 2.0)},
      pad_{static_cast<double>(steps.pad_x), static_cast<double>(steps.pad_y)} {}

Point Turn::operator()(Point point) const {
  const double x = point.x - middle_.x;
  const double y = point.y - middle_.y;
  return {(middle_.x + x * cosine_ + y * sine_ - pad_.x) / scale_,
          (middle_.y + y * cosine_ - x * sine_ - pad_.y) / scale_};
}

WayBack::Step quarter_turns(int degrees, int width, int height) {
  return [=](Point point) -> Point {
    switch (degrees) {
      case 90:
        return {point.y, height - point.x};
      case 180:
        return {width - point.x, height - point.y};
      case 270:
        return {width - point.y, point.x};
      default:
        return point;
    }
  };
}

Point WayBack::to_page(Point point) const {
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) point = (*step)(point);
  return point;
}

Box WayBack::to_page(const Box& box) const {
  if (steps_.empty()) return box;
  const std::array corners{to_page(Point{box.left, box.top}), to_page(Point{box.right, box.top}),
                           to_page(Point{box.left, box.bottom}), to_page(Point{box.right, box.bottom})};
  const auto [left, right] = std::minmax({corners[0].x, corners[1].x, corners[2].x, corners[3].x});
  const auto [top, bottom] = std::minmax({corners[0].y, corners[1].y, corners[2].y, corners[3].y});
  return {left, top, right, bottom};
}

void WayBack::to_page(Line& line) const {
  const auto on_baseline = [&](double x) { return to_page(Point{x, line.baseline_at(x)}); };
  const Point begin = on_baseline(line.box.left);
  const Point end = on_baseline(line.box.right);
  line.box = to_page(line.box);
  const bool is_upright = end.x - begin.x > std::abs(end.y - begin.y);  // else it has no baseline
  line.baseline_slope = is_upright ? (end.y - begin.y) / (end.x - begin.x) : 0;
  line.baseline_offset = is_upright ? begin.y + line.baseline_slope * (line.box.left - begin.x) - line.box.bottom : 0;
  for (auto& word : line.words) word.box = to_page(word.box);
}

void WayBack::to_page(std::vector<Block>& blocks) const {
  if (steps_.empty()) return;
  for (auto& block : blocks) {
    block.box = to_page(block.box);
    for (auto& paragraph : block.paragraphs) {
      paragraph.box = to_page(paragraph.box);
      for (auto& line : paragraph.lines) to_page(line);
    }
  }
}

}  // namespace docmill
