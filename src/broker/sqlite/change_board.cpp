#include "broker/sqlite/change_board.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace docmill::sqlite {

using boost::asio::awaitable;

void ChangeBoard::announce_anything() {
  ++work_epoch_;
  ++job_epoch_;
  wake([](const Waiting&) { return true; });
}

void ChangeBoard::announce(const Changes& changes) {
  if (changes.work_arrived) ++work_epoch_;
  if (!changes.jobs.empty()) ++job_epoch_;
  wake([&](const Waiting& waiting) {
    return waiting.job.value.empty() ? changes.work_arrived : std::ranges::count(changes.jobs, waiting.job) > 0;
  });
}

void ChangeBoard::wake(const std::function<bool(const Waiting&)>& concerned) {
  for (const Waiting& waiting : waiting_) {
    if (concerned(waiting)) waiting.timer->cancel();
  }
}

awaitable<void> ChangeBoard::wait_for_work(Deadline until) {
  if (work_epoch_ != idle_epoch_) {
    // Said once: who finds nothing after all shall not be sent back at once for ever.
    idle_epoch_ = work_epoch_;
    co_return;
  }
  co_await wait(JobId(), until);
}

awaitable<void> ChangeBoard::wait_for_job(JobId job, std::uint64_t epoch, Deadline until) {
  if (job_epoch_ == epoch) co_await wait(std::move(job), until);
}

awaitable<void> ChangeBoard::wait(JobId job, Deadline until) {
  const auto loop = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(loop, until);
  const auto place = waiting_.insert(waiting_.end(), {.job = std::move(job), .timer = &timer});
  const auto ended_by = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  waiting_.erase(place);
  static_cast<void>(ended_by);  // a change or the time: the caller looks again in either case
}

}  // namespace docmill::sqlite
