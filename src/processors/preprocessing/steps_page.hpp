// The pictures before and after each step, as one HTML page that needs nothing beside it.
#pragma once

#include <string>
#include <string_view>

#include "documents/image.hpp"
#include "processors/preprocessing/options.hpp"

namespace docmill::preprocessing {

// Two pictures beside each other, reduced to what a screen shows.
std::string step_pictures(int page, Step step, const Image& before, const Image& after);

// What stands before the first and behind the last of them. `document`: its name.
std::string steps_page_begin(std::string_view document);
std::string_view steps_page_end();

}  // namespace docmill::preprocessing
