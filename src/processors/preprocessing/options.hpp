// PreprocessingOptions: the stage's options, checked and ready for use.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <set>
#include <string>

namespace docmill::preprocessing {

// In the order in which they are done.
enum class Step { rotate, split, borders, deskew, dewarp, background, specks, contrast, resolution, binarize };

// What is done with a PDF as a whole, its pages staying as they are.
struct PdfToolOptions {
  bool repair = false;
  bool linearize = false;
  bool decrypt = false;
  int split_pages = 0;           // of a piece at most; 0: no limit
  std::uint64_t split_size = 0;  // bytes of a piece at most; 0: no limit

  bool any() const { return repair || linearize || decrypt || splits(); }
  bool splits() const { return split_pages > 0 || split_size > 0; }
};

struct PreprocessingOptions {
  std::set<Step> steps;
  PdfToolOptions pdf_tools;
  int output_dpi = 300;           // of the step `resolution`
  std::set<std::string> outputs;  // auto, pdf, tiff
  bool keep_steps = false;
};

// "rotate", "deskew", …
std::string name_of(Step step);

// From the options of a pipeline, as resolve_options() leaves them. Those of the stage itself may be missing: then only
// what the stage `ocr` asks for (rotate_pages, deskew, clean) is done.
PreprocessingOptions read_options(const boost::json::object& resolved);

}  // namespace docmill::preprocessing
