// OcrOptions: the ocr stage's options, checked and ready for use.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace docmill::ocr {

enum class Mode { automatic, force, skip, redo };

struct OcrOptions {
  std::vector<std::string> languages;  // as the engine calls them
  Mode mode = Mode::automatic;
  std::vector<std::string> formats;  // each once, in the order given
  int segmentation_mode = 3;         // Tesseract's
  bool prepare = true;

  std::string language_names() const;  // "eng+deu"
};

// From a job's options, as resolve_options() leaves them. invalid_option: what only the engine can tell.
Result<OcrOptions> read_ocr_options(const boost::json::object& resolved);

}  // namespace docmill::ocr
