// The processes are the parallelism: libraries work in the thread that calls them.
#pragma once

namespace docmill {

// Has OpenMP, and so Tesseract, in this process and its forks work in the thread that calls it. A program that calls
// this also has the calls for parallel regions in it (one_thread.cpp), whether it was called yet or not.
void use_one_thread();

}  // namespace docmill
