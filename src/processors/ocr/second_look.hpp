// A second look at single words: what the engine is not sure of it reads again, larger, with the words beside it as a
// line of their own. Where it is surer then, it is mostly right (docs/design/recognition.md).
#pragma once

#include <vector>

#include "core/result.hpp"
#include "documents/image.hpp"
#include "documents/text_page.hpp"
#include "processors/ocr/engine.hpp"

namespace docmill::ocr {

// `blocks`: what `engine` has read on `image`, which is fed (feed.hpp) and upright, in its pixels. Words become what
// they are taken for now, in the place that they had; full stops that were left out at the ends of lines are added.
// Pages of which much is doubtful are left alone but for these. internal: the engine failed.
Status look_again(Engine& engine, const Image& image, std::vector<Block>& blocks);

}  // namespace docmill::ocr
