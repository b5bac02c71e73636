#include "documents/pdf_scan.hpp"

#include <algorithm>
#include <cmath>

namespace docmill {
namespace {

constexpr double least_coverage = 0.9;       // of the page
constexpr double edge_tolerance = 1;         // points
constexpr double least_skew = 0.002;         // relative: less is a rounding error
constexpr double largest_distortion = 0.01;  // of horizontal against vertical resolution

int size_of(QPDFObjectHandle dict, const char* key) {
  auto value = dict.getKey(key);
  return value.isInteger() ? value.getIntValueAsInt() : 0;
}

// From where the image's rows and columns run on the page; y downwards.
int orientation_of(Point along_row, Point down_column) {
  const double length = std::max({std::abs(along_row.x), std::abs(along_row.y), 1e-9});
  const double height = std::max({std::abs(down_column.x), std::abs(down_column.y), 1e-9});
  const auto is_zero = [](double value, double of) { return std::abs(value) < least_skew * of; };
  if (is_zero(along_row.y, length) && is_zero(down_column.x, height)) {
    if (along_row.x > 0) return down_column.y > 0 ? 1 : 4;
    return down_column.y > 0 ? 2 : 3;
  }
  if (is_zero(along_row.x, length) && is_zero(down_column.y, height)) {
    if (along_row.y > 0) return down_column.x > 0 ? 5 : 6;
    return down_column.x > 0 ? 8 : 7;
  }
  return 0;
}

bool is_opaque(QPDFObjectHandle dict) {
  return !dict.hasKey("/SMask") && !dict.hasKey("/Mask") && !dict.hasKey("/ImageMask");
}

double area(const Box& box) { return box.width() * box.height(); }

}  // namespace

std::optional<EmbeddedScan> find_scan(const PageContent& content, const PageFrame& frame) {
  if (content.uncertain || !content.image || content.marks_after_image || content.text_after_image) return std::nullopt;
  const auto& placed = *content.image;
  auto stream = placed.stream;
  auto dict = stream.getDict();
  const int columns = size_of(dict, "/Width");
  const int rows = size_of(dict, "/Height");
  if (columns <= 0 || rows <= 0) return std::nullopt;

  const Box page{0, 0, frame.width(), frame.height()};
  const Box box = transformed({0, 0, 1, 1}, placed.to_display);
  if (area(intersection(box, page)) < least_coverage * area(page)) return std::nullopt;

  const Point origin = placed.to_display.apply({0, 1});
  const Point right = placed.to_display.apply({1, 1});
  const Point below = placed.to_display.apply({0, 0});
  EmbeddedScan scan;
  scan.orientation = orientation_of({right.x - origin.x, right.y - origin.y}, {below.x - origin.x, below.y - origin.y});
  const double dpi_along = columns * 72.0 / std::hypot(right.x - origin.x, right.y - origin.y);
  const double dpi_down = rows * 72.0 / std::hypot(below.x - origin.x, below.y - origin.y);
  const bool exchanged = scan.orientation >= 5;
  scan.info.width = exchanged ? rows : columns;
  scan.info.height = exchanged ? columns : rows;
  scan.info.dpi = std::max(dpi_along, dpi_down);
  const bool undistorted = std::abs(dpi_along - dpi_down) < largest_distortion * scan.info.dpi;
  const bool exact = contains(box, page, edge_tolerance) && contains(page, box, edge_tolerance);
  scan.fills_page = scan.orientation != 0 && undistorted && exact && !placed.clipped;

  const bool something_below = content.text_before_image || content.marks_before_image;
  if (something_below && !(scan.fills_page && is_opaque(dict))) return std::nullopt;
  return scan;
}

}  // namespace docmill
