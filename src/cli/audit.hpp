// docmill doctor --audit: were the promises kept?
#pragma once

#include <string>
#include <vector>

namespace docmill::cli {

class Queue;

struct AuditOrder {
  std::vector<std::string> histories;  // files
  std::string job;                     // or the beginning of its id; empty: all jobs
  bool json = false;
};

// Reads what the queue holds of every job, then the histories, and prints what the auditor finds. Returns the exit
// status: with_failures when a promise was broken. Stop: a history cannot be read.
int audit_queue(Queue& queue, const AuditOrder& order);

}  // namespace docmill::cli
