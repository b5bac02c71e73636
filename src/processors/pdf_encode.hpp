// Encodes images of a file for a PDF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "documents/document.hpp"
#include "documents/image.hpp"

namespace docmill {

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

// An image file.
struct ImageSource {
  DocumentType type = DocumentType::png;
  std::string_view bytes;
  std::uint64_t max_pixels = 0;  // of an image that has to be decoded; 0: what our libraries can bear
};

// Pixels that were made, 1-bit as CCITT G4, gray as JPEG: what scans are kept as. nullopt: they cannot be encoded.
std::optional<EncodedImage> encode_scan(const Image& image);

// Page `number` (1-based) of `source`; nullopt if it cannot be decoded.
std::optional<EncodedImage> encode_for_pdf(const ImageSource& source, int number);

}  // namespace docmill
