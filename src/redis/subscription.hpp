// Subscription: what is published on some channels, from the moment of the first next() that says `missed`.
//
// Publishing is no queue: what is published while the connection is down never arrives. So each News says whether there
// was such a time before it, the beginning included, and who needs to know looks again then:
//
//   while (true) {
//     const News news = co_await subscription->next(timeout);
//     if (news.missed) look at the state itself; later changes will be in later News
//     use news.messages
//   }
//
// Survives reconnections. One event loop; not thread-safe; one coroutine waits at a time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace docmill::redis {

struct Message {
  std::string channel;
  std::string payload;
};

struct News {
  bool missed = false;            // the server has just confirmed all channels (again): earlier messages may be lost
  std::vector<Message> messages;  // since then, in order; at most max_messages
};

class Subscription {
 public:
  // Who does not fetch so many in time finds them dropped, and `missed`.
  static constexpr std::size_t max_messages = 10'000;

  virtual ~Subscription() = default;  // unsubscribes from what no other Subscription of the client wants

  // Waits until there is news; empty after `timeout`. A server that is gone is no failure: it is waited for. Throws
  // SystemError misconfigured (no right to these channels, wrong password), operation_aborted when cancelled.
  virtual boost::asio::awaitable<News> next(std::chrono::milliseconds timeout) = 0;
};

}  // namespace docmill::redis
