// The configuration of docmill: one table of keys, and their values with where each came from; and the options of
// stages that are set beside them.
//
// Only the parsing of values lives here; files and the environment are read in system/config_file.hpp. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config_source.hpp"
#include "core/job.hpp"
#include "core/option_settings.hpp"
#include "core/result.hpp"

namespace docmill {

enum class ConfigType {
  text,
  integer,
  bytes,     // "2GiB", "512M", "1000000"; units are powers of 1024
  duration,  // "500ms", "30s", "5m", "2h"; a bare number is seconds
  choice,    // one of `choices`
};

struct ConfigKey {
  std::string_view section;
  std::string_view key;
  ConfigType type = ConfigType::text;
  std::string_view default_value;
  std::string_view choices;  // for choice, parted by '|'
  std::int64_t minimum = 0;  // for integer, bytes, and duration (milliseconds); maximum 0: none
  std::int64_t maximum = 0;
  std::string_view environment;  // a second name that others use too: "MAX_WORKERS"
  std::string_view flag;         // a shorter flag than --SECTION-KEY, as CLI11 writes it: "-j,--jobs"
  std::string_view help;
  bool secret = false;  // has a password in it, or is one: never shown as it is

  std::string name() const;       // "limits.memory"
  std::string flag_name() const;  // "--limits-memory"
};

std::span<const ConfigKey> config_keys();

// "DOCMILL_LIMITS_MEMORY", "DOCMILL_OCR_LANGUAGE": the variable of a key, or of a stage's option.
std::string environment_name(std::string_view section, std::string_view key);

// A secret value for people: the password of a URL, or all of it, gives place to "***".
std::string without_secrets(std::string_view value);

class Config {
 public:
  struct Value {
    std::string text;
    ConfigSource source = ConfigSource::built_in;
    std::string origin =
        "default";  // for people: "default", "/etc/docmill.toml:3", "environment MAX_WORKERS", "flag --jobs"
  };

  Config();  // all defaults

  // Takes `text` unless the present value comes from a stronger source. invalid_option, with origin and key in the
  // sentence: an unknown key (the nearest is named), or a bad value.
  Status set(std::string_view name, std::string_view text, ConfigSource source, const std::string& origin);
  // What no single key can tell: invalid_option when the values contradict each other.
  Status check() const;

  const Value& value(std::string_view name) const;  // an unknown name is a bug

  const std::string& text(std::string_view name) const { return value(name).text; }
  std::int64_t integer(std::string_view name) const;
  std::uint64_t bytes(std::string_view name) const;
  Millis duration(std::string_view name) const;

  OptionSettings& options() { return options_; }
  const OptionSettings& options() const { return options_; }

 private:
  std::vector<Value> values_;  // in the order of config_keys()
  OptionSettings options_;
};

}  // namespace docmill
