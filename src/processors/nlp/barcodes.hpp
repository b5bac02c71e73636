// Barcodes on an image, by ZXing: QR, Data Matrix, Aztec, PDF417, MaxiCode and the linear ones.
#pragma once

#include <string>
#include <vector>

#include "documents/image.hpp"
#include "documents/text_page.hpp"

namespace docmill::nlp {

struct Barcode {
  std::string format;  // as ZXing calls it: QRCode, EAN-13, Code128, …
  std::string text;    // valid UTF-8
  Box box;             // around it, in pixels of the image
};

// `image`: 8-bit gray or 1-bit. In the order in which they are found.
std::vector<Barcode> find_barcodes(const Image& image);

}  // namespace docmill::nlp
