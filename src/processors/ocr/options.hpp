// OcrOptions: the ocr stage's options, checked and ready for use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill::ocr {

enum class Mode { automatic, force, skip, redo };

struct OcrOptions {
  std::vector<std::string> languages;  // as the engine calls them
  Mode mode = Mode::automatic;
  std::vector<std::string> formats;  // each once, in the order given
  std::string pages;                 // for select_pages()
  std::string password;
  int oversample = 300;       // dpi
  int image_dpi = 0;          // 0: what the image says
  int segmentation_mode = 3;  // Tesseract's
  bool prepare = true;

  std::string language_names() const;  // "eng+deu"
};

// From a job's options: a JSON object as text. invalid_option: not JSON, or what core/options.hpp refuses.
Result<OcrOptions> parse_ocr_options(std::string_view text);

}  // namespace docmill::ocr
