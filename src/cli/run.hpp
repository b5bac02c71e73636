// What `docmill run` does once its command line is understood.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "cli/inputs.hpp"
#include "cli/progress.hpp"
#include "core/config.hpp"

namespace docmill::cli {

struct RunOrder {
  std::string pipeline;
  boost::json::object options;  // resolved
  InputRequest inputs;          // its `output` is where the outputs go
  std::string redis_url;        // of the server with the queue; empty: it lies beside the outputs
  bool overwrite = false;
  ProgressStyle style = ProgressStyle::automatic;
};

// Returns the exit status. Stop, SystemError.
int run(const RunOrder& order, const Config& config);

}  // namespace docmill::cli
