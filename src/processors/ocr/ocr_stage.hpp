// The stage `ocr`: text of pages, from their text layers or by recognition, in all output formats.
#pragma once

#include "processors/stage.hpp"

namespace docmill {

const Stage& ocr_stage();

}  // namespace docmill
