// Reads the configuration where it stands: a TOML file and the environment.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/config.hpp"

namespace docmill {

// How to ask for an environment variable: std::getenv outside of tests.
using Environment = std::function<const char*(const char* name)>;

// The file to read: `named` (--config) or $DOCMILL_CONFIG, which must exist; else the first that exists of
// ./docmill.toml, $XDG_CONFIG_HOME/docmill/config.toml (~/.config/…) and /etc/docmill.toml; else none.
std::optional<std::filesystem::path> find_config_file(const std::string& named, const Environment& environment);

// Takes the keys of a file: `[section]`, `key = value`, and the options of stages: `[ocr]`, `language = "deu"`; those
// of every stage stand in [document]. invalid_option: it cannot be read, is no TOML, has an unknown key or a bad value;
// the sentence names file and line.
Status load_config_file(Config& config, const std::filesystem::path& file);

// Takes DOCMILL_<SECTION>_<KEY> and the other names of the table, and DOCMILL_<STAGE>_<OPTION>. An empty variable
// counts as not set. A DOCMILL_ variable that no key has is not looked for: there is no telling whose it is.
Status load_environment(Config& config, const Environment& environment);

// The data directory: store.data_dir, or $XDG_DATA_HOME/docmill (~/.local/share/docmill).
std::filesystem::path data_directory(const Config& config, const Environment& environment);

}  // namespace docmill
