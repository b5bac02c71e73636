// Small blocking file work of the stores: whole reads and writes. Errors are those of outputs (output_error()).
#pragma once

#include <string>
#include <string_view>

#include "core/descriptor.hpp"
#include "core/result.hpp"

namespace docmill {

// The start of a file, up to and with the step that holds its first newline; at most about `most` bytes.
std::string read_first_line(int file, std::size_t most);

// `shown` names the file in messages.
Status write_all(int file, std::string_view bytes, const std::string& shown);
Status copy_all(int from, int to, const std::string& shown);
// The same from the start of `from`, which loses its content on the way, so that the disk never holds much of it twice.
Status move_all(int from, int to, const std::string& shown);

// Creates or replaces the file.
Status write_file(const std::string& path, std::string_view bytes);

// A new file without a name in `directory`, to write and to read: it ends with its last descriptor.
Result<Descriptor> unnamed_file(const std::string& directory);

// A file of a part to be merged: to read, and to write where we may, so that the merge can give back the room of what
// it has read. Empty, and errno set: it cannot be opened.
Descriptor open_to_consume(const std::string& path);

// Another descriptor of the same file, at its start, that can only read.
Result<Descriptor> read_only(const Descriptor& file);

// Waits until the disk has it.
Status sync_file(const std::string& path);

}  // namespace docmill
