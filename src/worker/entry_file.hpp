// The file that keeps what was found out for a key: a line with format and SHA-256, then the content.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace docmill {

// Writes to `descriptor`, from where it stands. False: the disk is full, or the file system fails.
bool write_entry(int descriptor, std::string_view content);

// Nothing: the file is cut off, altered, of another format, or cannot be read. Throws std::bad_alloc.
std::optional<std::string> read_entry(int descriptor);

}  // namespace docmill
