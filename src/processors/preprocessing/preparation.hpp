// The steps of the preprocessing stage, one after the other, on the pixels of one page.
#pragma once

#include <functional>

#include "processors/page_work.hpp"
#include "processors/preprocessing/options.hpp"

namespace docmill::preprocessing {

// What a step made of a picture; called only for steps that changed it.
using OnStep = std::function<void(Step step, const Image& before, const Image& after)>;

// Pages that are blank or tiny come back as they are. Which steps changed the page stands in its preparation. Throws
// std::bad_alloc.
Sheets prepare(Sheets sheets, const PreprocessingOptions& options, const OnStep& on_step);

}  // namespace docmill::preprocessing
