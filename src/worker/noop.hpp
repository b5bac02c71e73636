// The stage `noop`: does nothing to a document that nobody opens. It measures the queue, and with the option `fault` it
// makes a worker really die, so that tests of the supervision need no broken libraries.
#pragma once

#include <string>

#include "core/result.hpp"
#include "processors/processor.hpp"

namespace docmill {

class Noop {
 public:
  // Whether run() ends at once and for sure: results of such tasks may be sent together.
  bool is_instant(const std::string& document, const std::string& options);

  // `socket`: the worker's own, for the fault `garbage`. Does not return where the fault forbids it.
  Result<TaskOutput> run(const std::string& document, const std::string& options, int socket);

 private:
  struct Options {
    long sleep_ms = 0;
    std::string fault;
    std::string fault_document;
  };
  const Result<Options>& parse(const std::string& text);

  std::string text_ = "{}";  // of the options parsed last: tasks of one job come in a row
  Result<Options> parsed_ = Options{};
};

}  // namespace docmill
