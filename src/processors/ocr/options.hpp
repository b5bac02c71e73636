// OcrOptions: the ocr stage's options, checked and ready for use.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "processors/ocr/engine.hpp"

namespace docmill::ocr {

enum class Mode { automatic, force, skip, redo };

struct OcrOptions {
  EngineSetup engine;
  Mode mode = Mode::automatic;
  std::vector<std::string> formats;  // each once, in the order given
  int segmentation_mode = 3;         // Tesseract's
  bool prepare = true;
  double retry_below = 0.6;  // pages that are read with less confidence are tried again; 0: never
  bool pdfa = false;         // the format pdf shall be PDF/A
  double skip_big = 0;       // pages of more megapixels are left alone; 0: none

  std::string language_names() const;  // "eng+deu"
};

// From a job's options, as resolve_options() leaves them. invalid_option: what only the engine can tell.
Result<OcrOptions> read_ocr_options(const boost::json::object& resolved);

}  // namespace docmill::ocr
