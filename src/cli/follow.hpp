// Follows a job that others work on, to its end.
#pragma once

#include <functional>

#include "cli/progress.hpp"
#include "cli/queue.hpp"

namespace docmill::cli {

struct FollowOrder {
  JobId job;
  ProgressStyle style = ProgressStyle::automatic;
  LogLevel level = LogLevel::warning;
  std::function<void()> tell_begin;  // called once Ctrl-C ends the following, and no longer the process
};

// Shows the progress and the summary that `docmill run` shows, and returns its exit status. Ctrl-C ends the following
// (130), not the job. Stop: the job was removed meanwhile.
int follow(Queue& queue, const FollowOrder& order);

}  // namespace docmill::cli
