// Where a setting came from.
#pragma once

namespace docmill {

// A later one beats an earlier one.
enum class ConfigSource { built_in, file, environment, flag };

}  // namespace docmill
