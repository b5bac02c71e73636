// Lists of paths as a user may give them: patterns, and lists in files or on stdin.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace docmill::cli {

// Calls `take` for each entry of a list, in order; empty ones are left out. A list may have millions: it is never held
// as a whole. `file` "-" is stdin. not_found, access_denied, unreadable: it cannot be read. invalid_option: an entry
// with a NUL.
Status read_path_list(const std::string& file, char separator, const std::function<void(std::string)>& take);

// A path that exists, or has none of *?[ in it, stands for itself; another is a pattern as the shell has them, sorted.
// not_found: nothing fits.
Result<std::vector<std::string>> expand_pattern(const std::string& path);

}  // namespace docmill::cli
