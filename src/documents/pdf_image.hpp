// Pixels of an image that is embedded in a PDF, without drawing it.
#pragma once

#include <optional>
#include <qpdf/QPDFObjectHandle.hh>

#include "documents/image.hpp"

namespace docmill {

// The pixels of `stream` (an image XObject) as stored; nullopt where only drawing gives them rightly: masks, odd color
// spaces or encodings (JBIG2), damage, sizes that contradict each other. The caller has checked width times height.
// Throws nothing.
std::optional<Image> extract_image(QPDFObjectHandle stream);

}  // namespace docmill
