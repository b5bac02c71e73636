#include "node/lookahead.hpp"

#include <algorithm>
#include <cmath>

namespace docmill {
namespace {

constexpr double weight_of_newest = 0.2;
constexpr int most_ahead = 1000;        // what one exchange may lease
constexpr double slack_seconds = 0.01;  // a busy host lets a loop or a disk wait that long any time

// A worker's own queue: tasks for so long, which is many times what a message takes and little to lose when it dies.
constexpr double feed_seconds = 0.002;
constexpr int most_fed = 64;

double average(double before, double value, int count) {
  if (before <= 0) return value;
  const double kept = std::pow(1 - weight_of_newest, count);
  return before * kept + value * (1 - kept);
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void Pace::tasks_took(int count, std::chrono::nanoseconds spent) {
  if (count <= 0) return;
  const double each = std::max(seconds(spent), 1e-6) / count;
  task_seconds_ = average(task_seconds_, each, std::min(count, 10));
}

void Pace::round_trip_took(std::chrono::nanoseconds spent) {
  round_trip_seconds_ = average(round_trip_seconds_, seconds(spent), 1);
}

int lookahead(int workers, const Pace& pace) {
  if (pace.task_seconds() <= 0) return 1;
  // Twice the round trip: one is on its way while what the last one brought is worked on.
  const double covered = 2 * (pace.round_trip_seconds() + slack_seconds);
  const double needed = std::ceil(workers * covered / pace.task_seconds());
  return static_cast<int>(std::clamp(needed, 1.0, static_cast<double>(most_ahead)));
}

int feed_ahead(int waiting, int workers, const Pace& pace) {
  if (pace.task_seconds() <= 0) return 1;
  const double wanted = std::min<double>(feed_seconds / pace.task_seconds(), most_fed);
  const double fair_share = std::ceil(static_cast<double>(waiting) / std::max(workers, 1));
  return static_cast<int>(std::max(1.0, std::min(wanted, fair_share)));
}

}  // namespace docmill
