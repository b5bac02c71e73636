// Encodes images of a file for a PDF.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "documents/document.hpp"

namespace docmill::ocr {

// An image as a PDF stream: what its dictionary says besides /Type and /Subtype, and its data.
struct EncodedImage {
  int width = 0;  // as stored
  int height = 0;
  int orientation = 1;       // how to turn it to show it, as TIFF and EXIF count
  double dpi = 0;            // 0: the file does not say
  std::string dictionary{};  // "/Filter /DCTDecode /ColorSpace /DeviceRGB …"
  std::string_view view{};   // of the file, if the data stand there as they are; else
  std::string data{};

  std::string_view bytes() const { return data.empty() ? view : std::string_view(data); }
};

// Page `number` (1-based) of the image file `bytes`; nullopt if it cannot be decoded.
std::optional<EncodedImage> encode_for_pdf(DocumentType type, std::string_view bytes, int number);

}  // namespace docmill::ocr
