// Log: what a process without a terminal tells on stderr, a line per event: for people, or as JSON for programs.
//
//   2026-11-24T18:10:52.123Z info    done job=k3j… document=/scans/a.pdf pages=3
//   {"time":"2026-11-24T18:10:52.123Z","level":"info","event":"done","job":"k3j…","document":"/scans/a.pdf","pages":3}
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string_view>

#include "cli/progress.hpp"

namespace spdlog {
class logger;  // NOLINT(readability-identifier-naming): not our name
}

namespace docmill::cli {

enum class LogFormat { text, json };

class Log {
 public:
  // Tells what is at least as grave as `level`.
  Log(LogFormat format, LogLevel level);
  ~Log();

  // `fields` are names and values, in order.
  void write(LogLevel level, std::string_view event, const boost::json::object& fields);
  // What is told at every level: the beginning and the end.
  void always(std::string_view event, const boost::json::object& fields);

 private:
  void put(LogLevel level, std::string_view event, const boost::json::object& fields);

  const LogFormat format_;
  const LogLevel level_;
  const std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace docmill::cli
