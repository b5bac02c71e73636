// Decoding of JPEG files and of JPEGs embedded in PDFs, with what of them is damaged: bits that rotted or a file that
// was cut off leave a picture that is right in part, and only the decoder knows.
#pragma once

#include <string_view>

#include "core/result.hpp"
#include "documents/image.hpp"

namespace docmill {

// The luminance of a JPEG of one or three samples a pixel, 8-bit gray, as stored; its dpi is the file's, 0 where that
// says none. Half the time and a quarter of the memory of its colors.
//   unreadable: nothing of it can be decoded, or it has other samples
Result<DecodedImage> decode_jpeg(std::string_view bytes);

}  // namespace docmill
