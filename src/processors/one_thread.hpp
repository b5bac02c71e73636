// The processes are the parallelism: libraries work in the thread that calls them.
#pragma once

namespace docmill {

// Has OpenMP, and so Tesseract, in this process and its forks work in the thread that calls it.
void use_one_thread();

}  // namespace docmill
