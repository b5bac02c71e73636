// What this docmill-worker can do on this machine, in the words of core/needs.hpp.
#pragma once

#include "core/needs.hpp"

namespace docmill {

// Its stages, and the languages that its Tesseract finds here. What can be no word (a model with a blank in its name)
// is left out: nobody can ask for it.
Words offered_words();

}  // namespace docmill
