// Decoding of image files and of images embedded in PDFs: sizes from headers first, then pixels, gray on white.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "documents/document.hpp"
#include "documents/image.hpp"

namespace docmill {

// What a header claims, before any pixel is decoded.
struct ImageHeader {
  int width = 0;  // as stored, before any turn that metadata ask for
  int height = 0;
  int samples = 1;  // per pixel
};

// `index` is 0-based and counts the pages of a TIFF; elsewhere 0. unreadable: there is no such header.
Result<ImageHeader> read_image_header(DocumentType type, std::string_view bytes, int index);

// Whether what EXIF data say of the camera's position is followed: in files yes, in images within PDFs no.
enum class Orientation { from_metadata, as_stored };

// Decodes to 8-bit gray (1 bit stays 1 bit), transparency on white. Its dpi is the file's, 0 where that says none.
// A JPEG or a fax that is damaged or cut off is decoded as far as it goes, and its damage told; of other formats
// nothing is passed on then.
//   unreadable: damaged or cut off
Result<DecodedImage> decode_image(DocumentType type, std::string_view bytes, int index, Orientation orientation);

// What is told of an image whose pixels are not all what they were.
Error damaged_image(std::string_view how, int page = 0);

// `orientation` as TIFF counts it: 1 upright, 2 … 4 mirrored or half turned, 5 … 8 with width and height exchanged.
// Empty if memory is short.
Image turned(Image image, int orientation);

// Any Pix as 1-bit or 8-bit gray without a color map, transparency on white. Takes ownership of `pix`, which may be
// null; then, and if memory is short, the result is empty.
Image to_gray(Pix* pix);

// The turn that a JPEG's EXIF data ask for, 1 … 8 as in TIFF; 1 where they say nothing.
int exif_orientation(std::string_view jpeg);

// The offsets of a TIFF's directories, one per page, in order. A chain that leads outside the file ends in one offset
// more, whose page cannot be read, so that lost pages are seen. unreadable: not a single directory.
Result<std::vector<std::uint64_t>> tiff_directories(std::string_view bytes);

}  // namespace docmill
