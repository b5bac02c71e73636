// Pixels of an image that is embedded in a PDF, without drawing it.
#pragma once

#include <optional>

#include "core/result.hpp"
#include "documents/image.hpp"
#include "documents/pdf_content.hpp"

namespace docmill {

// The pixels of an image as stored, on white; nullopt where only drawing gives them rightly: masks, odd color
// spaces or encodings (JBIG2), sizes that contradict each other. The caller has checked width times height. Throws
// nothing.
//   unreadable: it is damaged beyond what is decoded here; what can still be seen of it, drawing shows
Result<std::optional<DecodedImage>> extract_image(const PlacedImage& placed);

}  // namespace docmill
