// Connection: commands and answers over one stream, until it breaks. It never mends itself; Link makes the next one.
//
// What is sent while one handler of the loop runs leaves in one write. Answers are matched in order. A server that owes
// an answer and shows no sign of life for the reply timeout breaks the connection, and so does an answer that nobody
// waits for. One event loop; not thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "redis/reply.hpp"
#include "redis/stream.hpp"
#include "runtime/event.hpp"

struct redisReader;  // NOLINT(readability-identifier-naming): hiredis'

namespace docmill::redis {

// A command on its way, shared by who waits for its answer and the connection that it has been sent on.
struct PendingCall {
  PendingCall(const boost::asio::any_io_executor& loop, Command first) : command(std::move(first)), ended(loop) {}

  const Command command;
  std::optional<Command> after;  // goes along, right behind it

  std::optional<Reply> reply;
  std::optional<Reply> after_reply;
  bool lost = false;  // the connection broke first: the command may or may not have been carried out
  Event ended;        // answered whole, or lost

  bool over() const { return lost || (reply && (!after || after_reply)); }
  void reset() {
    reply.reset();
    after_reply.reset();
    lost = false;
  }
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(const boost::asio::any_io_executor& loop, std::shared_ptr<Stream> stream,
             std::chrono::milliseconds reply_timeout);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void start();  // once; it lives on while its coroutines run, until break_off() or the stream's end

  // On a broken connection the call is lost at once.
  void send(std::shared_ptr<PendingCall> call);

  // From now on every answer goes to `listener`: the connection is for subscriptions. Nothing may be pending.
  void listen(std::function<void(Reply)> listener);
  void say(Command command);  // to a connection that listens

  void break_off(SystemError::Kind kind, std::string cause);
  const std::optional<Failure>& broken() const { return broken_; }
  // False when it still holds after `timeout`.
  boost::asio::awaitable<bool> wait_broken(std::chrono::milliseconds timeout);

 private:
  using Self = std::shared_ptr<Connection>;

  static boost::asio::awaitable<void> read(Self self);
  static boost::asio::awaitable<void> write(Self self);
  static boost::asio::awaitable<void> watch(Self self);

  bool owes_answer() const { return !awaited_.empty() || said_; }
  void take(const char* bytes, std::size_t size);
  void deliver(Reply reply);
  std::string gather(std::deque<std::shared_ptr<PendingCall>>& batch);

  const boost::asio::any_io_executor loop_;
  const std::shared_ptr<Stream> stream_;
  const std::chrono::milliseconds reply_timeout_;
  std::function<void(Reply)> listener_;

  struct FreeReader {
    void operator()(redisReader* reader) const;
  };
  std::unique_ptr<redisReader, FreeReader> reader_;
  std::deque<std::shared_ptr<PendingCall>> outgoing_;  // not written yet
  std::deque<std::shared_ptr<PendingCall>> awaited_;   // sent or about to be, not answered, in order
  Event output_;
  bool said_ = false;     // to a server that has not been heard since
  int silent_ticks_ = 0;  // of the watch, while it owes an answer
  std::optional<Failure> broken_;
  Event broke_;
  boost::asio::steady_timer watch_timer_;
};

}  // namespace docmill::redis
