#include "processors/orientation.hpp"

#include <leptonica/allheaders.h>
#include <tesseract/baseapi.h>

#include <algorithm>
#include <memory>

#include "processors/binarize.hpp"
#include "processors/one_thread.hpp"
#include "processors/page_measure.hpp"
#include "processors/pix.hpp"
#include "processors/turn.hpp"

namespace docmill {
namespace {

// The detector wants letters about as high as those of a book at 300 dpi, and takes time by the pixel.
constexpr double wanted_x_height = 18;
constexpr double least_scale = 0.2;

// Measured on pages of 9 to 12 points: wrong answers have less, right ones of more than some lines much more.
constexpr float least_orientation_confidence = 2;
constexpr float least_script_confidence = 1;

// The detector knows upright letters; on pages in italics it is wrong by half a turn with up to 8.
constexpr float sure_orientation_confidence = 14;
constexpr float least_ascender_confidence = 8;  // leptonica's own

// One per process, as with the recogniser: what a fork server opens, its forks share.
Result<tesseract::TessBaseAPI*> detector() {
  static const auto opened = []() -> std::unique_ptr<tesseract::TessBaseAPI> {
    use_one_thread();
    auto api = std::make_unique<tesseract::TessBaseAPI>();
    api->SetVariable("debug_file", "/dev/null");
    if (api->Init(nullptr, "osd", tesseract::OEM_TESSERACT_ONLY) != 0) return nullptr;
    api->SetPageSegMode(tesseract::PSM_OSD_ONLY);
    return api;
  }();
  if (opened) return opened.get();
  return fail(ErrorCode::internal,
              "the model 'osd', which finds the way up of pages, is not installed; Debian's package "
              "is tesseract-ocr-osd");
}

Image reduced(const Image& gray) {
  const double x_height = measure_page(gray).x_height;
  if (x_height <= wanted_x_height) return gray.clone();
  const auto scale = static_cast<float>(std::max(wanted_x_height / x_height, least_scale));
  auto image = owned(pixScaleAreaMap(gray.pix(), scale, scale));
  const int dpi = static_cast<int>(static_cast<float>(gray.dpi()) * scale);
  pixSetResolution(image.pix(), dpi, dpi);
  return image;
}

}  // namespace

bool is_upside_down(const Image& gray) {
  const auto print = in_black_and_white(gray);
  if (!print) return false;
  constexpr int dust = 3;  // pixels: letters have up to wanted_x_height, the pieces of worn ones more than this
  constexpr int least_reduction = 1;
  constexpr int default_count = 0;
  constexpr int ends_of_words_too = 0;
  constexpr int silently = 0;
  const auto letters = owned(pixSelectBySize(print.pix(), dust, dust, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, nullptr));
  const auto straight = owned(pixDeskew(letters.pix(), least_reduction));
  float confidence = 0;
  const int failed = pixUpDownDetect(straight.pix(), &confidence, default_count, ends_of_words_too, silently);
  return failed == 0 && confidence <= -least_ascender_confidence;
}

std::optional<Orientation> find_orientation(const Image& image) {
  auto api = detector();
  if (!api) return std::nullopt;
  const auto small = reduced(image);
  (*api)->SetImage(small.pix());
  int degrees = 0;
  float confidence = 0;
  const char* script = nullptr;
  float script_confidence = 0;
  const bool is_found = (*api)->DetectOrientationScript(&degrees, &confidence, &script, &script_confidence);
  Orientation found;
  if (is_found && script != nullptr && script_confidence >= least_script_confidence) found.script = script;
  (*api)->Clear();
  if (!is_found || confidence < least_orientation_confidence) return std::nullopt;
  found.turn = (360 - degrees) % 360;
  const bool is_doubtful = confidence < sure_orientation_confidence && found.script == "Latin";
  if (is_doubtful && is_upside_down(turned_by_quarters(small, found.turn))) found.turn = (found.turn + 180) % 360;
  return found;
}

Status warm_up_orientation() {
  DOCMILL_CHECK(detector());
  return {};
}

}  // namespace docmill
