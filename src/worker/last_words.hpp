// What a worker says when it cannot speak any more: exit_out_of_memory instead of a bare signal.
//
// Poppler aborts when an allocation fails, other libraries run into a null pointer. A deadly signal of that kind counts
// as out of memory if a limit is set and nearly reached, or if errno says ENOMEM, which a failed allocation just left
// there. Anything else dies of its signal as it would have.
#pragma once

#include <cstdint>

namespace docmill {

// `nearly_full`: the data_size() in bytes from which on a death is put down to memory. Once per process.
void install_last_words(std::uint64_t nearly_full);

}  // namespace docmill
