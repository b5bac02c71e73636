// Link: one connection to the server that is the right one at present, made when somebody wants it and made again after
// it broke, with backoff and full jitter. One event loop; not thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <optional>
#include <string>

#include "redis/backoff.hpp"
#include "redis/client.hpp"
#include "redis/connection.hpp"
#include "runtime/event.hpp"

namespace docmill::redis {

class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(const boost::asio::any_io_executor& loop, Url url, ClientOptions options)
      : loop_(loop), url_(std::move(url)), options_(std::move(options)), changed_(loop) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // The connection, if there is one that has not broken.
  std::shared_ptr<Connection> current() const { return connection_ && !connection_->broken() ? connection_ : nullptr; }

  // Waits for one. Throws SystemError: unavailable when patience is spent, or after close(); misconfigured.
  boost::asio::awaitable<std::shared_ptr<Connection>> connected(const Patience& patience);

  // What went wrong on a connection that is about to be made again: who waits in vain for the next one is told so.
  void remember(std::string cause) { failure_ = Failure{SystemError::Kind::unavailable, std::move(cause)}; }

  // Ends all; who waits in connected() is told so.
  void close();

  std::string where() const;
  // "Redis at redis://host:6379/: the cause"
  std::string sentence(const std::string& cause) const { return "Redis at " + where() + ": " + cause; }

 private:
  using Self = std::shared_ptr<Link>;

  static boost::asio::awaitable<void> connect(Self self);
  boost::asio::awaitable<void> try_until_connected();
  boost::asio::awaitable<std::shared_ptr<Connection>> open();

  const boost::asio::any_io_executor loop_;
  const Url url_;
  const ClientOptions options_;

  std::shared_ptr<Connection> connection_;
  std::optional<Failure> failure_;  // the last one; of an attempt, or remembered
  int refusals_ = 0;                // attempts that showed a misconfiguration
  int waiting_ = 0;                 // in connected(); nobody connects for nobody
  bool connecting_ = false;
  bool closed_ = false;
  std::size_t first_sentinel_ = 0;  // the one to ask first; the next one after each failure
  std::optional<Endpoint> master_;  // as a sentinel said
  Event changed_;                   // connected, refused, closed
  boost::asio::cancellation_signal stop_;
};

// "10 s", "1500 ms"
std::string describe(std::chrono::milliseconds duration);

}  // namespace docmill::redis
