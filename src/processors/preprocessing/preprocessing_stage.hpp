// The stage `preprocessing`: makes pages upright, straight, clean and even. What stands behind it sees the cleaned
// pixels; alone, it writes them.
#pragma once

#include "processors/stage.hpp"

namespace docmill {

const Stage& preprocessing_stage();

}  // namespace docmill
