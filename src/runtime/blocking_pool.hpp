// BlockingPool: a few threads for work that blocks (transfers over the network), awaited from an event loop.
//
// The loop outlives the pool. The pool's destructor gives up what runs and waits for its threads.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

#include "runtime/event.hpp"
#include "runtime/given_up.hpp"

namespace docmill {

class BlockingPool {
 public:
  BlockingPool(boost::asio::io_context& loop, int threads)
      : loop_(loop), threads_(static_cast<std::size_t>(threads)), closing_(std::make_shared<GivenUp>(false)) {}
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();

  // Runs `work` on a thread and returns its value, or throws what it throws. `work` owns what it uses: when the
  // coroutine is cancelled, the wait ends at once and the work later.
  template <class T>
  boost::asio::awaitable<T> run(std::function<T(const GivenUp& given_up)> work) {
    const auto job = std::make_shared<Job<T>>(loop_, std::move(work));
    const Abandon abandon(job->given_up);
    boost::asio::post(threads_, [job, closing = closing_] {
      try {
        if (*closing) job->given_up = true;
        job->value = job->work(job->given_up);
      } catch (...) {
        job->error = std::current_exception();
      }
      boost::asio::post(job->loop, [job] {
        job->ended = true;
        job->changed.notify();
      });
    });
    while (!job->ended) co_await job->changed.wait();
    if (job->error) std::rethrow_exception(job->error);
    co_return std::move(*job->value);
  }

 private:
  template <class T>
  struct Job {
    Job(boost::asio::io_context& on, std::function<T(const GivenUp&)> what)
        : loop(on), work(std::move(what)), changed(on.get_executor()) {}

    boost::asio::io_context& loop;
    const std::function<T(const GivenUp&)> work;
    GivenUp given_up = false;
    std::optional<T> value;  // written by the thread, read by the loop once it has ended
    std::exception_ptr error;
    bool ended = false;
    Event changed;
  };
  // Whoever waited went away.
  class Abandon {
   public:
    explicit Abandon(GivenUp& flag) : flag_(flag) {}
    Abandon(const Abandon&) = delete;
    Abandon& operator=(const Abandon&) = delete;
    ~Abandon() { flag_ = true; }

   private:
    GivenUp& flag_;
  };

  boost::asio::io_context& loop_;
  boost::asio::thread_pool threads_;
  const std::shared_ptr<GivenUp> closing_;
};

}  // namespace docmill
