// The nlp stage: gathers the text of a document's pages, and finds out about it as a whole.
#pragma once

#include "processors/stage.hpp"

namespace docmill {

const Stage& nlp_stage();

}  // namespace docmill
