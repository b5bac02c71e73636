#include "redis/link.hpp"

#include <boost/system/system_error.hpp>
#include <utility>

#include "redis/greeting.hpp"
#include "redis/spawn.hpp"
#include "runtime/timer.hpp"

namespace docmill::redis {

namespace asio = boost::asio;
using Kind = SystemError::Kind;

std::string describe(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

std::string Link::where() const { return describe(url_) + (master_ ? " (now " + describe(*master_) + ")" : ""); }

asio::awaitable<std::shared_ptr<Connection>> Link::connected(const Patience& patience) {
  struct Waiter {
    explicit Waiter(int& counter) : count(counter) { ++count; }
    ~Waiter() { --count; }
    int& count;
  };
  const Waiter waiter(waiting_);
  while (true) {
    if (closed_) throw SystemError(Kind::unavailable, sentence("the connection has been closed"));
    if (current()) co_return connection_;
    if (!std::exchange(connecting_, true)) {
      spawn(loop_, connect(shared_from_this()), stop_.slot());
    }
    const int refusals = refusals_;
    static_cast<void>(co_await changed_.wait(patience.left()));
    if (refusals_ != refusals) throw SystemError(Kind::misconfigured, sentence(failure_->cause));
    if (!current() && !closed_ && patience.spent()) {
      throw SystemError(Kind::unavailable, sentence("not reached within " + describe(patience.amount()) + ": " +
                                                    (failure_ ? failure_->cause : "still connecting")));
    }
  }
}

void Link::close() {
  closed_ = true;
  if (connection_) connection_->break_off(Kind::unavailable, "closed");
  cancel_spawned(loop_, stop_, shared_from_this());
  changed_.notify();
}

asio::awaitable<void> Link::connect(Self self) {
  try {
    co_await self->try_until_connected();
  } catch (const boost::system::system_error& error) {
    if (!self->closed_) self->failure_ = describe_failure(error.code());
  }
  self->connecting_ = false;
  self->changed_.notify();
}

asio::awaitable<void> Link::try_until_connected() {
  Backoff backoff(options_.first_backoff, options_.longest_backoff);
  while (!closed_ && waiting_ > 0) {
    try {
      connection_ = co_await open();
      failure_.reset();
      if (closed_) connection_->break_off(Kind::unavailable, "closed");
      co_return;
    } catch (const SystemError& error) {
      failure_ = Failure{error.kind(), error.what()};
      ++first_sentinel_;
    }
    if (failure_->kind == Kind::misconfigured) {
      ++refusals_;
      co_return;
    }
    co_await sleep_for(backoff.next());
  }
}

asio::awaitable<std::shared_ptr<Connection>> Link::open() {
  Endpoint where = url_.server;
  Greeting greeting;
  greeting.credentials = url_.credentials;
  greeting.database = url_.database;
  greeting.client_name = options_.name;
  greeting.timeout = options_.connect_timeout;
  if (url_.has_sentinels()) {
    where = co_await find_master(loop_, url_, options_.name, options_.connect_timeout, first_sentinel_);
    greeting.role = WantedRole::master;
    master_ = where;
  }
  co_return co_await open_connection(loop_, url_, std::move(where), std::move(greeting), options_.reply_timeout);
}

}  // namespace docmill::redis
