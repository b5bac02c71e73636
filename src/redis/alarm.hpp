// Alarm: closes a stream when something takes too long. Silent once it has gone.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "redis/stream.hpp"

namespace docmill::redis {

class Alarm {
 public:
  Alarm(const boost::asio::any_io_executor& loop, std::chrono::milliseconds timeout, std::shared_ptr<Stream> stream)
      : state_(std::make_shared<State>()), timer_(loop, timeout) {
    timer_.async_wait([state = state_, stream = std::move(stream)](const boost::system::error_code& error) {
      if (error || state->gone) return;
      state->rang = true;
      stream->close();
    });
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { state_->gone = true; }

  bool rang() const { return state_->rang; }

 private:
  struct State {
    bool rang = false;
    bool gone = false;  // the timer's handler may be under way already
  };
  std::shared_ptr<State> state_;
  boost::asio::steady_timer timer_;
};

}  // namespace docmill::redis
