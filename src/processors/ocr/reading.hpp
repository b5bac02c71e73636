// Reading: what the engine read on the images that it was shown for a page, in their own pixels. It depends on nothing
// but those images, the options and the models, so it can be kept and used again wherever the same images come.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "documents/text_page.hpp"
#include "processors/ocr/feed.hpp"
#include "processors/ocr/options.hpp"

namespace docmill::ocr {

struct Reading {
  struct Sheet {
    std::vector<Block> blocks;
    int rotation = 0;  // as Recognition's
  };

  PageStatus status = PageStatus::blank;
  std::string reason;
  double confidence = 0;      // mean over words weighted by length, 0 … 1
  std::vector<Sheet> sheets;  // one per image; of blank ones empty
};

// Text, a line per sheet, and back. Nothing: it is no reading of so many sheets.
std::string text_of(const Reading& reading);
std::optional<Reading> reading_from(std::string_view text, std::size_t sheets);

// A SHA-256, in hexadecimal, of all that a reading depends on. `models`: Engine::identity().
std::string reading_key(const std::vector<Fed>& images, const OcrOptions& options, std::string_view models);

}  // namespace docmill::ocr
