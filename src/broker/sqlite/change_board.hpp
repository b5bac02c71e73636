// ChangeBoard: where coroutines wait for something to change in the database.
//
// Threads: belongs to the loop. Those who wait may be woken early; they look again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <string>

#include "broker/sqlite/job_table.hpp"

namespace docmill::sqlite {

class ChangeBoard {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Another process has changed the database: anything may have happened.
  void announce_anything();
  void announce(const Changes& changes);

  // Counts the announcements that may mean work for a node, and those about jobs. Taken before one looks, they tell
  // afterwards whether something has changed since.
  std::uint64_t work_epoch() const { return work_epoch_; }
  std::uint64_t job_epoch() const { return job_epoch_; }

  // The queue was looked at when the count was `epoch`, and was empty.
  void found_no_work(std::uint64_t epoch) { idle_epoch_ = epoch; }
  // Returns at once when work may have come since then.
  boost::asio::awaitable<void> wait_for_work(Deadline until);
  // Returns at once when jobs have changed since `epoch`.
  boost::asio::awaitable<void> wait_for_job(JobId job, std::uint64_t epoch, Deadline until);

 private:
  struct Waiting {
    JobId job;  // empty: waits for work
    boost::asio::steady_timer* timer;
  };

  boost::asio::awaitable<void> wait(JobId job, Deadline until);
  void wake(const std::function<bool(const Waiting&)>& concerned);

  std::uint64_t work_epoch_ = 0;
  std::uint64_t job_epoch_ = 0;
  std::uint64_t idle_epoch_ = 0;
  std::list<Waiting> waiting_;
};

}  // namespace docmill::sqlite
