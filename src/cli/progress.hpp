// What `docmill run` says while it runs: a bar on a terminal, plain lines elsewhere, events for programs, or nothing.
#pragma once

#include <memory>
#include <string>

#include "broker/broker.hpp"
#include "cli/figures.hpp"
#include "core/config.hpp"

namespace docmill::cli {

// Calls come on the event loop, in the order in which things happen.
class ProgressView {
 public:
  virtual ~ProgressView() = default;
  virtual void started(const LeasedTask& /*task*/) {}
  virtual void page(const LeasedTask& /*task*/, int /*pages*/, int /*finished*/) {}
  // A document has ended for good …
  virtual void done(const LeasedTask& /*task*/, const Completion& /*completion*/) {}
  virtual void failed(const std::string& /*document*/, const Error& /*error*/) {}
  // … or will be tried again.
  virtual void retry(const LeasedTask& /*task*/, const Error& /*error*/) {}
  // Something the user should know.
  virtual void notice(const std::string& /*message*/) {}
  virtual void figures(const Figures& /*figures*/) {}
  // No more figures come: leaves the terminal as it should be.
  virtual void close() {}
};

enum class ProgressStyle { automatic, quiet, json };  // automatic: bar on a terminal, lines elsewhere

// What people are told besides progress; programs (json) are told everything.
enum class LogLevel { error, warning, info };
LogLevel log_level(const Config& config);

std::unique_ptr<ProgressView> make_progress_view(ProgressStyle style, LogLevel level);

}  // namespace docmill::cli
