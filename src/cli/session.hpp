// Session: what all commands share: the configuration, put together from file, environment and flags, and the exit
// status.
#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "cli/command.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "system/config_file.hpp"

namespace docmill::cli {

// The exit statuses, the same for every command.
inline constexpr int all_done = 0;
inline constexpr int with_failures = 1;
inline constexpr int wrong_usage = 2;  // also: wrong configuration, or the world failed
inline constexpr int interrupted = 130;

// Ends a command: one sentence for the user and the exit status. Caught in run_docmill().
class Stop : public std::runtime_error {
 public:
  Stop(int status, const std::string& sentence) : std::runtime_error(sentence), status_(status) {}
  int status() const noexcept { return status_; }

 private:
  int status_;
};

// The value, or the error's sentence as a Stop. Not around a co_await: GCC 12 destroys its temporaries twice when that
// throws.
template <class T>
T or_stop(Result<T> result, int status = wrong_usage) {
  if (!result) throw Stop(status, result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Session {
 public:
  Session();

  // Flags of the configuration keys for which `wanted` is true.
  void add_config_flags(Command command, bool (*wanted)(const ConfigKey& key));

  // Reads file, environment and the flags that were given. Stop: something in them is wrong.
  void load_config();

  const Config& config() const { return config_; }
  // The options of a pipeline: those `given` with the command, then those of the configuration, then the defaults.
  // Stop: the pipeline or something given is wrong.
  boost::json::object stage_options(std::string_view pipeline, boost::json::object given) const;
  const Environment& environment() const { return environment_; }
  std::filesystem::path data_directory() const { return docmill::data_directory(config_, environment_); }

  std::string config_file;  // --config
  int status = all_done;

 private:
  Config config_;
  Environment environment_;
  // By key: what was given, and the flag as the user knows it.
  std::map<std::string, std::pair<std::string, std::string>> given_;
};

}  // namespace docmill::cli
