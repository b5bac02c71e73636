// Reads what options of the type `file` name.
#pragma once

#include <filesystem>
#include <string>

#include "core/options.hpp"

namespace docmill {

// The content of `file`, at most 1 MiB: it travels with every task. invalid_option, naming option and file: it cannot
// be read, is empty or larger.
Result<std::string> read_option_file(const OptionSpec& spec, const std::filesystem::path& file);

}  // namespace docmill
