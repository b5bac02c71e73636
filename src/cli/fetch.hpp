// Copies the outputs of a job into a directory, as `docmill run` would have left them there.
#pragma once

#include <string>

#include "cli/job_outputs.hpp"

namespace docmill::cli {

struct FetchOrder {
  JobId job;
  std::string directory;
  bool overwrite = false;  // files that are there already are replaced, not left alone
  bool json = false;
};

// Returns the exit status: with_failures where outputs could not be fetched. What is there already is left alone, so an
// interrupted fetch is repeated to be gone on with. Stop, SystemError.
awaitable<int> fetch(Broker& broker, JobOutputs& outputs, FetchOrder order);

}  // namespace docmill::cli
