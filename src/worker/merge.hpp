// The work of `docmill merge`: PDFs that another process opened, put together into one that it opened, too.
#pragma once

#include <string>
#include <string_view>

namespace docmill {

// `arguments` of `docmill-worker --merge OUTPUT LIST MEMORY SECONDS`: the descriptors, inherited, of the output and of
// a list; the limits on memory (bytes) and processor time. The list holds the password, then per document the number of
// its descriptor and its name, each ended by a NUL. Writes to standard output what came of it, JSON: {"pages":12} or
// {"error":{"code":…,"message":…}}. Returns the exit status: 0 merged, 1 not, 2 wrong arguments.
int merge_command(char** arguments);

}  // namespace docmill
