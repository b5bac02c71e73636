// What a file is, by its content.
#pragma once

#include <string>
#include <string_view>

namespace docmill {

// A file of a type that docmill does not read, in words for a message: "PNG image data, …". Empty where nothing can be
// said. Uses libmagic, whose database is loaded on first use and kept.
std::string describe_content(std::string_view bytes);

// Text from a foreign library or file, fit for a message: printable ASCII of bounded length, no final full stop.
std::string printable(std::string_view text);

}  // namespace docmill
