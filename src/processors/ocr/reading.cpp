#include "processors/ocr/reading.hpp"

#include <leptonica/allheaders.h>

#include <utility>

#include "core/sha256.hpp"
#include "docmill_version.hpp"

namespace docmill::ocr {
namespace {

// Counted up when the same images would be read in another way by the same version, or written down otherwise.
constexpr const char* format = "docmill reading 5";

// Any bytes, so that they cannot be taken for part of the field before or behind them.
void add(Sha256& digest, std::string_view field) {
  digest.add_field(std::to_string(field.size()));
  digest.add(field);
}

void add(Sha256& digest, const Image& image) {
  if (!image) return add(digest, "blank");
  Pix* const pix = image.pix();
  pixSetPadBits(pix, 0);  // no pixels: they may hold anything
  for (const int number : {image.width(), image.height(), image.depth(), image.dpi()}) {
    add(digest, std::to_string(number));
  }
  const std::size_t words = static_cast<std::size_t>(pixGetWpl(pix)) * static_cast<std::size_t>(image.height());
  digest.add({reinterpret_cast<const char*>(pixGetData(pix)), words * sizeof(l_uint32)});
}

}  // namespace

std::string text_of(const Reading& reading) {
  std::string text;
  TextPage page;
  page.status = reading.status;
  page.reason = reading.reason;
  page.confidence = reading.confidence;
  for (const auto& sheet : reading.sheets) {
    page.rotation = sheet.rotation;
    page.blocks = sheet.blocks;
    text += to_json(page, true) + '\n';
  }
  return text;
}

std::optional<Reading> reading_from(std::string_view text, std::size_t sheets) {
  Reading reading;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    auto page = text_page_from_json(text.substr(0, end));
    if (!page) return std::nullopt;
    text.remove_prefix(end + 1);
    reading.status = page->status;
    reading.reason = std::move(page->reason);
    reading.confidence = page->confidence;
    reading.sheets.push_back({std::move(page->blocks), page->rotation});
  }
  if (reading.sheets.size() != sheets) return std::nullopt;
  return reading;
}

std::string reading_key(const std::vector<Fed>& images, const OcrOptions& options, std::string_view models) {
  Sha256 digest;
  for (const std::string_view field : {std::string_view(format), std::string_view(DOCMILL_VERSION), models}) {
    add(digest, field);
  }
  add(digest, options.language_names());
  add(digest, options.engine.user_words);
  add(digest, options.engine.user_patterns);
  add(digest, std::to_string(options.engine.mode));
  add(digest, std::to_string(options.segmentation_mode));
  add(digest, std::to_string(options.retry_below));
  for (const auto& fed : images) add(digest, fed.image);
  return digest.hexadecimal();
}

}  // namespace docmill::ocr
