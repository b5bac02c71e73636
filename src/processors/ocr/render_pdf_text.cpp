#include "processors/ocr/render_pdf_text.hpp"

#include <algorithm>
#include <boost/nowide/utf/convert.hpp>
#include <cmath>

#include "documents/text_format.hpp"

namespace docmill::ocr {
namespace {

constexpr int decimals = 2;  // of a pixel
constexpr std::string_view space_code = "0020";

// Up to this slope (14 degrees) the words of a line step along its baseline, each of them level: Poppler, and so every
// search that uses it, breaks a turned word where its baseline has drifted by half a point.
constexpr double level_slope = 0.25;

// Blocks of scripts that are written from right to left.
bool is_right_to_left(char32_t c) {
  return (c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFE) ||
         (c >= 0x10800 && c <= 0x10FFF) || (c >= 0x1E800 && c <= 0x1EFFF);
}

bool is_right_to_left(const std::string& text) {
  const auto characters = boost::nowide::utf::convert_string<char32_t>(text.data(), text.data() + text.size());
  return std::any_of(characters.begin(), characters.end(), [](char32_t c) { return is_right_to_left(c); });
}

// The page as it has to be turned to be upright, and the matrix that turns it back (both with y upwards).
struct Upright {
  int rotation = 0;  // clockwise
  double width = 0;  // of the page as shown
  double height = 0;

  // `box`, on the page as shown, on the upright page.
  Box turned(const Box& box) const {
    switch (rotation) {
      case 90:
        return {.left = height - box.bottom, .top = box.left, .right = height - box.top, .bottom = box.right};
      case 180:
        return {.left = width - box.right,
                .top = height - box.bottom,
                .right = width - box.left,
                .bottom = height - box.top};
      case 270:
        return {.left = box.top, .top = width - box.right, .right = box.bottom, .bottom = width - box.left};
      default:
        return box;
    }
  }

  double upright_height() const { return rotation % 180 == 0 ? height : width; }

  void append_turn_back(std::string& out) const {
    const auto operands = [&](std::string_view turn, double x, double y) {
      out.append(turn).append(" ");
      append_number(out, x, decimals);
      out += ' ';
      append_number(out, y, decimals);
      out += " cm\n";
    };
    if (rotation == 90) operands("0 1 -1 0", width, 0);
    if (rotation == 180) operands("-1 0 0 -1", width, height);
    if (rotation == 270) operands("0 -1 1 0", 0, height);
  }
};

// A line on the upright page, y downwards.
struct Baseline {
  Box box;
  double slope = 0;
  double offset = 0;
  bool is_vertical = false;  // words below each other: each stands for itself

  double y_at(double x) const { return box.bottom + offset + slope * (x - box.left); }

  // From the baseline to the top: what selection paints. 0: not known.
  double ascent() const {
    const double rise = slope * box.width();
    const double text_height = box.height() - std::abs(rise);
    if (!(text_height > 0)) return 0;
    return std::clamp(box.height() + offset + std::min(rise, 0.0), text_height / 2, text_height);
  }
};

Baseline baseline_of(const Line& line, const Upright& upright) {
  Baseline baseline{.box = upright.turned(line.box)};
  baseline.is_vertical = line.words.size() > 1 && baseline.box.height() > baseline.box.width();
  // A baseline is told for the page as shown: on a turned page it says nothing.
  if (upright.rotation == 0 && std::isfinite(line.baseline_slope) && std::isfinite(line.baseline_offset)) {
    baseline.slope = line.baseline_slope;
    baseline.offset = line.baseline_offset;
  }
  return baseline;
}

class LayerWriter {
 public:
  LayerWriter(const Upright& upright, PdfFont& font) : upright_(upright), font_(font) {}

  void write(const Line& line) {
    const auto baseline = baseline_of(line, upright_);
    for (const auto& word : line.words) write(word, baseline);
  }

  std::string take() { return std::move(out_); }

 private:
  void write(const Word& word, const Baseline& baseline) {
    std::string codes;
    const int count = font_.encode(word.text, codes);
    if (count == 0) return;
    const auto box = upright_.turned(word.box);
    const double line_ascent = baseline.is_vertical ? 0 : baseline.ascent();
    const double size = std::max(line_ascent > 0 ? line_ascent : box.height(), 1.0);
    const bool is_mirrored = is_right_to_left(word.text);
    const double x = is_mirrored ? box.right : box.left;
    set_size(size);
    const double slope = baseline.is_vertical || std::abs(baseline.slope) <= level_slope ? 0 : baseline.slope;
    const double x_of_baseline = slope == 0 ? (box.left + box.right) / 2 : x;
    set_position(x, y_of(box, x_of_baseline, baseline), slope, is_mirrored);
    number(100 * std::max(box.width(), 0.1) / (size * PdfFont::em_per_code * count));
    out_.append(" Tz <").append(codes).append(space_code).append("> Tj\n");
  }

  // A baseline that misses the word by more than its height is wrong.
  static double y_of(const Box& box, double x, const Baseline& baseline) {
    const double y = baseline.y_at(x);
    const bool fits = y > box.top && y < box.bottom + box.height();
    return fits && !baseline.is_vertical ? y : box.bottom;
  }

  void set_size(double size) {
    std::string operand;
    append_number(operand, size, decimals);
    if (operand == size_) return;
    size_ = std::move(operand);
    out_.append("/F ").append(size_).append(" Tf\n");
  }

  // Right-to-left words run from their right end, mirrored: codes stay in reading order, each in its place.
  void set_position(double x, double y, double slope, bool is_mirrored) {
    const double cosine = 1 / std::hypot(1, slope);
    const double sine = -slope * cosine;
    const double direction = is_mirrored ? -1 : 1;
    for (const double factor : {direction * cosine, direction * sine, -sine, cosine}) {
      append_number(out_, factor, 5);
      out_ += ' ';
    }
    number(x);
    out_ += ' ';
    number(upright_.upright_height() - y);
    out_ += " Tm ";
  }

  void number(double value) { append_number(out_, value, decimals); }

  const Upright& upright_;
  PdfFont& font_;
  std::string out_;
  std::string size_;
};

}  // namespace

std::string pdf_text_layer(const TextPage& page, PdfFont& font) {
  const Upright upright{.rotation = page.rotation, .width = page.width, .height = page.height};
  LayerWriter writer(upright, font);
  for (const auto& block : page.blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) writer.write(line);
    }
  }
  const auto words = writer.take();
  if (words.empty()) return {};
  std::string layer;
  upright.append_turn_back(layer);
  return layer + "BT\n3 Tr\n" + words + "ET\n";
}

}  // namespace docmill::ocr
