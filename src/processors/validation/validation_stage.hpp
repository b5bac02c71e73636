// The stage validation: is a document what it claims to be, is it whole, can it be read, does it keep the user's rules.
#pragma once

#include "processors/stage.hpp"

namespace docmill {

const Stage& validation_stage();

}  // namespace docmill
