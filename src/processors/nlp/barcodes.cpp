#include "processors/nlp/barcodes.hpp"

#define ZX_USE_UTF8 1  // text() as std::string
#include <ReadBarcode.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "documents/text_format.hpp"
#include "processors/pix.hpp"

namespace docmill::nlp {
namespace {

Box box_around(const ZXing::Position& corners) {
  Box box{static_cast<double>(corners[0].x), static_cast<double>(corners[0].y), static_cast<double>(corners[0].x),
          static_cast<double>(corners[0].y)};
  for (const auto corner : corners) {
    box.left = std::min(box.left, static_cast<double>(corner.x));
    box.right = std::max(box.right, static_cast<double>(corner.x));
    box.top = std::min(box.top, static_cast<double>(corner.y));
    box.bottom = std::max(box.bottom, static_cast<double>(corner.y));
  }
  return box;
}

std::vector<Barcode> read(const Image& gray) {
  // leptonica keeps pixels in words of the machine's order, ZXing wants bytes.
  const auto bytes = owned(pixEndianByteSwapNew(gray.pix()));
  const ZXing::ImageView view(reinterpret_cast<const std::uint8_t*>(pixGetData(bytes.pix())), bytes.width(),
                              bytes.height(), ZXing::ImageFormat::Lum, pixGetWpl(bytes.pix()) * 4);
  ZXing::DecodeHints hints;
  hints.setTryHarder(true);
  hints.setTryRotate(true);
  // ZXing 1.4's own downscaling compares linear codes of several lines, which ends in a failed assertion.
  hints.setTryDownscale(false);
  std::vector<Barcode> found;
  try {
    for (const auto& result : ZXing::ReadBarcodes(view, hints)) {
      if (!result.isValid()) continue;
      found.push_back({ZXing::ToString(result.format()), valid_utf8(result.text()), box_around(result.position())});
    }
  } catch (const std::logic_error&) {
    // ZXing refuses an image, as one that is too small: there is no barcode on it.
  } catch (const std::runtime_error&) {
  }
  return found;
}

// Whether a field of some pixels is dark, as around codes that are white on black, and rarely in text. Looking at the
// inverted page takes as long as looking at the page.
bool has_dark_field(const Image& gray) {
  constexpr int field = 8;        // pixels
  constexpr int least_side = 32;  // of an image that has fields
  constexpr l_int32 dark = 64;
  if (std::min(gray.width(), gray.height()) < least_side) return false;
  const auto fields = reduced_by(gray, field);
  l_int32 darkest = 255;
  pixGetExtremeValue(fields.pix(), 1, L_SELECT_MIN, nullptr, nullptr, nullptr, &darkest);
  return darkest < dark;
}

}  // namespace

std::vector<Barcode> find_barcodes(const Image& image) {
  const auto gray = gray_of(image);
  auto found = read(gray);
  if (has_dark_field(gray)) {
    auto inverted = read(owned(pixInvert(nullptr, gray.pix())));
    found.insert(found.end(), std::make_move_iterator(inverted.begin()), std::make_move_iterator(inverted.end()));
  }
  // Large codes whose modules have grain and gaps are found where those are averaged away.
  constexpr int large = 1000;
  if (!found.empty() || std::min(gray.width(), gray.height()) < large) return found;
  found = read(owned(pixScaleAreaMap2(gray.pix())));
  for (auto& barcode : found) {
    auto& box = barcode.box;
    box = {box.left * 2, box.top * 2, box.right * 2, box.bottom * 2};
  }
  return found;
}

}  // namespace docmill::nlp
