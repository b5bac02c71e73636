// Pixels of an image that is embedded in a PDF, without drawing it.
#pragma once

#include <optional>

#include "documents/image.hpp"
#include "documents/pdf_content.hpp"

namespace docmill {

// The pixels of an image as stored, on white; nullopt where only drawing gives them rightly: masks, odd color
// spaces or encodings (JBIG2), damage, sizes that contradict each other. The caller has checked width times height.
// Throws nothing.
std::optional<Image> extract_image(const PlacedImage& placed);

}  // namespace docmill
