// What the two bare loops share: one process per core takes document after document from a counter, calls the libraries
// and writes OUT/NAME.txt. No queue, no database, no supervision.
#pragma once

#include <functional>
#include <string>

#include "core/result.hpp"

namespace docmill {

// The pages of a FILE that were done, its text being written to OUTPUT and a suffix.
using BareWork = std::function<Result<int>(const std::string& file, const std::string& output)>;

// The program NAME of the arguments PROCESSES OUT FILE…: prints pages, seconds and pages per second. `warm_up` runs
// once, before the processes are forked and the clock starts. Returns the exit status.
int bare_loop(int argc, char** argv, const std::function<bool()>& warm_up, const BareWork& work);

}  // namespace docmill
