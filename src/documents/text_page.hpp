// TextPage: the one tree of what is written on a page, from which every output format is rendered.
// Block > paragraph > line > word, with boxes and confidence; made by reading a text layer or by recognition.
//
// Coordinates are pixels at `dpi` on the page as it is shown (rotation and crop box applied), origin top left, y
// downwards. For an image they are the image's own pixels; for an embedded scan the scan's; for a text layer 72 dpi,
// that is points.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
  bool operator==(const Box&) const = default;
};

// Decimal places that are kept of a tree: below these there is only noise, and a page of text has some thousand
// numbers.
constexpr int box_decimals = 1;
constexpr int slope_decimals = 4;
constexpr int confidence_decimals = 3;

struct Word {
  std::string text;  // UTF-8, logical order, no control characters
  Box box;
  double confidence = 1;  // 0 … 1
  bool operator==(const Word&) const = default;
};

// Baseline y = slope * (x - box.left) + box.bottom + offset, as in hOCR.
struct Line {
  Box box;
  double baseline_slope = 0;
  double baseline_offset = 0;
  bool right_to_left = false;
  std::vector<Word> words;

  double baseline_at(double x) const { return baseline_slope * (x - box.left) + box.bottom + baseline_offset; }
  bool operator==(const Line&) const = default;
};

struct Paragraph {
  Box box;
  std::vector<Line> lines;
  bool operator==(const Paragraph&) const = default;
};

struct Block {
  Box box;
  std::vector<Paragraph> paragraphs;
  bool operator==(const Block&) const = default;
};

// How a page went: the row of the manifest.
enum class PageStatus {
  ok,        // recognised
  read,      // taken from the text layer
  blank,     // nothing on it
  skipped,   // left alone as the options ask
  retried,   // recognised, and again in another way, which was better
  degraded,  // recognised, but with little confidence, whatever was tried, or damaged: then `error` says how
  failed,    // `error` says why; the other pages are not affected
};
std::string_view to_string(PageStatus status);

// Whether the page's text was found in its pixels.
inline bool is_recognised(PageStatus status) {
  return status == PageStatus::ok || status == PageStatus::retried || status == PageStatus::degraded;
}

// What was done to a page's pixels before it was recognised.
struct Preparation {
  int turned = 0;                  // degrees clockwise: coordinates are those of the page turned so
  std::string script;              // that was found when its way up was looked for: "Latin"; empty: not sure
  std::vector<std::string> steps;  // those that changed something, in order: "rotate", "deskew"
  bool operator==(const Preparation&) const = default;
};

struct TextPage {
  int number = 0;    // 1-based, in the document
  double width = 0;  // pixels at dpi
  double height = 0;
  double dpi = 72;
  PageStatus status = PageStatus::ok;
  bool remembered = false;  // recognised earlier, on another page of the same pixels
  std::string language;     // as given to the engine; empty for a text layer
  double confidence = 0;    // mean over words weighted by length, 0 … 1; 1 for a text layer, 0 without words
  double seconds = 0;       // spent on the page
  int rotation = 0;         // degrees clockwise that it had to be turned to be upright
  double skew = 0;          // degrees that were taken out before recognition
  Preparation preparation;
  std::string reason;          // a sentence on the status, where it needs one
  std::optional<Error> error;  // the page, or part of it, is lost
  std::vector<Block> blocks;

  bool operator==(const TextPage&) const = default;
};

// Text in reading order: lines end in \n, blocks are parted by an empty line.
std::string plain_text(const TextPage& page);

// The tree as JSON (docs/reference/record.schema.json, `pages` with `blocks`), and back.
std::string to_json(const TextPage& page, bool with_blocks);
Result<TextPage> text_page_from_json(std::string_view json);

}  // namespace docmill
