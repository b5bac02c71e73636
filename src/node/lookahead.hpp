// How many tasks a node holds beyond those that run: enough that no worker waits for the broker, few enough that other
// nodes find work too. Measured, never configured.
#pragma once

#include <chrono>

namespace docmill {

// Running averages of what decides it; recent values weigh more.
class Pace {
 public:
  // `count` tasks were finished by one worker within `spent`.
  void tasks_took(int count, std::chrono::nanoseconds spent);
  void round_trip_took(std::chrono::nanoseconds spent);

  double task_seconds() const { return task_seconds_; }              // 0: none measured yet
  double round_trip_seconds() const { return round_trip_seconds_; }  // 0: none measured yet

 private:
  double task_seconds_ = 0;
  double round_trip_seconds_ = 0;
};

// Tasks to hold beyond one per worker: one for slow documents, up to 1,000 for tiny ones.
int lookahead(int workers, const Pace& pace);

// Tasks to hand to one worker at a time, the running one among them, so that it need not wait for the next: 1 unless
// they are tiny. `waiting` tasks are shared by `workers`.
int feed_ahead(int waiting, int workers, const Pace& pace);

}  // namespace docmill
