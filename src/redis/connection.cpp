#include "redis/connection.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "redis/spawn.hpp"

namespace docmill::redis {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 64U << 10U;
constexpr std::size_t small_command = 4U << 10U;     // bytes; copying those is cheaper than a buffer of their own
constexpr std::size_t most_per_write = 256U << 10U;  // bytes of small commands in one write
constexpr int ticks_per_timeout = 4;                 // so that silence is noticed at most a quarter too late

}  // namespace

Connection::Connection(const asio::any_io_executor& loop, std::shared_ptr<Stream> stream,
                       std::chrono::milliseconds reply_timeout)
    : loop_(loop),
      stream_(std::move(stream)),
      reply_timeout_(reply_timeout),
      reader_(::redisReaderCreate()),
      output_(loop),
      broke_(loop),
      watch_timer_(loop) {
  reader_->maxbuf = 0;  // keep the buffer between answers
}

Connection::~Connection() = default;

void Connection::FreeReader::operator()(redisReader* reader) const { ::redisReaderFree(reader); }

void Connection::start() {
  spawn(loop_, read(shared_from_this()));
  spawn(loop_, write(shared_from_this()));
  spawn(loop_, watch(shared_from_this()));
}

void Connection::send(std::shared_ptr<PendingCall> call) {
  if (broken_) {
    call->lost = true;
    call->ended.notify();
    return;
  }
  if (!owes_answer()) silent_ticks_ = 0;
  awaited_.push_back(call);
  outgoing_.push_back(std::move(call));
  if (outgoing_.size() == 1) output_.notify();
}

void Connection::listen(std::function<void(Reply)> listener) {
  DOCMILL_ASSERT(awaited_.empty());
  listener_ = std::move(listener);
}

void Connection::say(Command command) {
  if (broken_) return;
  if (!owes_answer()) silent_ticks_ = 0;
  said_ = true;
  outgoing_.push_back(std::make_shared<PendingCall>(loop_, std::move(command)));
  if (outgoing_.size() == 1) output_.notify();
}

void Connection::break_off(SystemError::Kind kind, std::string cause) {
  if (broken_) return;
  broken_ = Failure{kind, std::move(cause)};
  stream_->close();
  watch_timer_.cancel();
  outgoing_.clear();
  output_.notify();
  for (const auto& call : std::exchange(awaited_, {})) {
    call->lost = true;
    call->ended.notify();
  }
  broke_.notify();
}

asio::awaitable<bool> Connection::wait_broken(std::chrono::milliseconds timeout) {
  if (!broken_) static_cast<void>(co_await broke_.wait(timeout));
  co_return broken_.has_value();
}

asio::awaitable<void> Connection::read(Self self) {
  std::vector<char> buffer(read_size);
  while (!self->broken_) {
    const auto done = co_await self->stream_->read_some(asio::buffer(buffer));
    const auto error = std::get<0>(done);
    if (error) {
      Failure failure = describe_failure(error);
      self->break_off(failure.kind, std::move(failure.cause));
      break;
    }
    self->take(buffer.data(), std::get<1>(done));
  }
}

void Connection::take(const char* bytes, std::size_t size) {
  silent_ticks_ = 0;
  said_ = false;
  ::redisReaderFeed(reader_.get(), bytes, size);
  while (!broken_) {
    void* reply = nullptr;
    if (::redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
      break_off(SystemError::Kind::misconfigured, std::string("what answers does not speak Redis's protocol: ") +
                                                      static_cast<const char*>(reader_->errstr));
      return;
    }
    if (reply == nullptr) return;
    deliver(Reply(static_cast<redisReply*>(reply)));
  }
}

void Connection::deliver(Reply reply) {
  if (listener_) {
    listener_(std::move(reply));
    return;
  }
  if (awaited_.empty()) {
    // Said without being asked: too many clients, protected mode, a shutdown.
    const std::string_view error = reply.error();
    break_off(SystemError::Kind::unavailable, error.empty() ? "an answer that nobody asked for" : std::string(error));
    return;
  }
  PendingCall& call = *awaited_.front();
  std::optional<Reply>& place = call.reply ? call.after_reply : call.reply;
  place.emplace(std::move(reply));
  if (call.after && !call.after_reply) return;
  call.ended.notify();
  awaited_.pop_front();
}

// Moves calls from outgoing_ to `batch`: as many small ones as fit, whose bytes it returns, or one big one alone.
std::string Connection::gather(std::deque<std::shared_ptr<PendingCall>>& batch) {
  std::string bytes;
  while (!outgoing_.empty() && bytes.size() < most_per_write) {
    const PendingCall& call = *outgoing_.front();
    const bool is_big = call.command.bytes().size() > small_command;
    if (is_big && !batch.empty()) break;
    batch.push_back(std::move(outgoing_.front()));
    outgoing_.pop_front();
    if (is_big) break;
    bytes += call.command.bytes();
    if (call.after) bytes += call.after->bytes();
  }
  return bytes;
}

asio::awaitable<void> Connection::write(Self self) {
  while (!self->broken_) {
    if (self->outgoing_.empty()) {
      co_await self->output_.wait();
      continue;
    }
    // Keeps the bytes: an answer to the first calls may come while the last are still being written.
    std::deque<std::shared_ptr<PendingCall>> batch;
    const std::string bytes = self->gather(batch);
    std::vector<asio::const_buffer> buffers;
    if (bytes.empty()) {
      const PendingCall& call = *batch.front();
      buffers.push_back(asio::buffer(call.command.bytes()));
      if (call.after) buffers.push_back(asio::buffer(call.after->bytes()));
    } else {
      buffers.push_back(asio::buffer(bytes));
    }
    const auto done = co_await self->stream_->write(buffers);
    // The reader learns of a dead peer too, and may read its last words first.
    if (std::get<0>(done)) co_return;
  }
}

// A stopped server takes no bytes and sends none; a busy one that takes bytes is alive.
asio::awaitable<void> Connection::watch(Self self) {
  std::uint64_t written = 0;
  while (!self->broken_) {
    self->watch_timer_.expires_after(self->reply_timeout_ / ticks_per_timeout);
    const auto waited = co_await self->watch_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (std::get<0>(waited)) continue;
    if (!self->owes_answer() || std::exchange(written, self->stream_->written()) != self->stream_->written()) {
      self->silent_ticks_ = 0;
    } else if (++self->silent_ticks_ > ticks_per_timeout) {
      self->break_off(SystemError::Kind::unavailable,
                      "no answer for " + std::to_string(self->reply_timeout_.count()) + " ms");
    }
  }
}

}  // namespace docmill::redis
