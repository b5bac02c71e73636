#include "cli/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "cli/console.hpp"
#include "node/record.hpp"
#include "runtime/clock.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

std::string_view name_of(LogLevel level) {
  return level == LogLevel::error ? "error" : level == LogLevel::warning ? "warning" : "info";
}

std::string json_line(std::string_view level, std::string_view event, const json::object& fields) {
  json::object line{{"time", iso_time(SystemClock().now())}, {"level", level}, {"event", event}};
  for (const auto& field : fields) line[field.key()] = field.value();
  return json::serialize(line);
}

// Values with blanks in them are quoted.
std::string text_line(std::string_view level, std::string_view event, const json::object& fields) {
  std::string line = iso_time(SystemClock().now()) + " " + std::string(level);
  line.append(level.size() < 8 ? 8 - level.size() : 1, ' ');
  line += event;
  for (const auto& field : fields) {
    const bool bare =
        field.value().is_string() && field.value().get_string().find_first_of(" \"=") == std::string::npos;
    line += " " + std::string(field.key()) + "=";
    line += bare ? printable(std::string_view(field.value().get_string())) : json::serialize(field.value());
  }
  return line;
}

}  // namespace

Log::Log(LogFormat format, LogLevel level)
    : format_(format),
      level_(level),
      logger_(std::make_unique<spdlog::logger>("docmill", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_pattern("%v");  // time and level are fields of the line
}
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, const json::object& fields) {
  if (level <= level_) put(level, event, fields);
}

void Log::always(std::string_view event, const json::object& fields) { put(LogLevel::info, event, fields); }

void Log::put(LogLevel level, std::string_view event, const json::object& fields) {
  const auto name = name_of(level);
  logger_->info(format_ == LogFormat::json ? json_line(name, event, fields) : text_line(name, event, fields));
}

}  // namespace docmill::cli
