#include "redis/subscription_hub.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <utility>

#include "redis/meaning.hpp"
#include "redis/spawn.hpp"
#include "runtime/timer.hpp"

namespace docmill::redis {

namespace asio = boost::asio;
using Kind = SystemError::Kind;

class SubscriptionHub::Feed final : public Subscription {
 public:
  Feed(std::shared_ptr<SubscriptionHub> hub, std::vector<std::string> channels)
      : hub_(std::move(hub)), channels_(std::move(channels)), event_(hub_->loop_) {
    std::sort(channels_.begin(), channels_.end());
    channels_.erase(std::unique(channels_.begin(), channels_.end()), channels_.end());
    hub_->add(*this);
  }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  ~Feed() override { hub_->remove(*this); }

  const std::vector<std::string>& channels() const { return channels_; }
  bool wants(std::string_view channel) const {
    return std::binary_search(channels_.begin(), channels_.end(), channel, std::less<>());
  }

  asio::awaitable<News> next(std::chrono::milliseconds timeout) override {
    const Patience patience(hub_->clock_, timeout);
    hub_->ensure_serving();
    while (!news_.missed && news_.messages.empty() && !failure_ && !patience.spent()) {
      static_cast<void>(co_await event_.wait(patience.left()));
    }
    if (failure_) throw SystemError(Kind::misconfigured, *std::exchange(failure_, std::nullopt));
    co_return std::exchange(news_, News());
  }

  void start_anew() {
    live_ = true;
    news_ = News{true, {}};
    event_.notify();
  }
  void interrupt() { live_ = false; }
  void push(std::string_view channel, std::string_view payload) {
    if (!live_) return;
    if (news_.messages.size() == max_messages) news_ = News{true, {}};
    news_.messages.push_back({std::string(channel), std::string(payload)});
    event_.notify();
  }
  void fail(const std::string& sentence) {
    failure_ = sentence;
    event_.notify();
  }

 private:
  const std::shared_ptr<SubscriptionHub> hub_;
  std::vector<std::string> channels_;  // sorted
  bool live_ = false;                  // the server has confirmed all of them on this connection
  News news_;
  std::optional<std::string> failure_;
  Event event_;
};

SubscriptionHub::SubscriptionHub(const asio::any_io_executor& loop, std::shared_ptr<Link> link, ClientOptions options)
    : loop_(loop), link_(std::move(link)), options_(std::move(options)) {}

std::unique_ptr<Subscription> SubscriptionHub::subscribe(std::vector<std::string> channels) {
  DOCMILL_ASSERT(!channels.empty());
  return std::make_unique<Feed>(shared_from_this(), std::move(channels));
}

void SubscriptionHub::close() {
  closed_ = true;
  link_->close();
  cancel_spawned(loop_, stop_, shared_from_this());
}

void SubscriptionHub::add(Feed& feed) {
  feeds_.insert(&feed);
  std::vector<std::string> unknown;
  for (const std::string& channel : feed.channels()) {
    if (wanted_[channel]++ == 0) unknown.push_back(channel);
  }
  if (!unknown.empty()) say("SUBSCRIBE", unknown);
  if (connection_ && is_confirmed(feed)) feed.start_anew();
  ensure_serving();
}

void SubscriptionHub::remove(Feed& feed) {
  feeds_.erase(&feed);
  std::vector<std::string> unwanted;
  for (const std::string& channel : feed.channels()) {
    const auto entry = wanted_.find(channel);
    if (--entry->second > 0) continue;
    wanted_.erase(entry);
    unwanted.push_back(channel);
  }
  if (!unwanted.empty()) say("UNSUBSCRIBE", unwanted);
}

void SubscriptionHub::say(std::string_view verb, const std::vector<std::string>& channels) {
  if (!connection_) return;
  std::vector<std::string_view> arguments{verb};
  arguments.insert(arguments.end(), channels.begin(), channels.end());
  if (verb == "SUBSCRIBE") {
    for (const std::string& channel : channels) ++unconfirmed_[channel];
  }
  connection_->say(Command(arguments));
}

void SubscriptionHub::ensure_serving() {
  if (closed_ || std::exchange(serving_, true)) return;
  spawn(loop_, serve(shared_from_this()), stop_.slot());
}

asio::awaitable<void> SubscriptionHub::serve(Self self) {
  try {
    co_await self->serve_until_idle();
  } catch (const SystemError& error) {
    if (!self->closed_) self->fail_all(error.what());
  } catch (const boost::system::system_error& error) {
    DOCMILL_ASSERT(self->closed_ && error.code() == asio::error::operation_aborted);
  }
  self->serving_ = false;
}

// Throws SystemError misconfigured; and unavailable when closed.
asio::awaitable<void> SubscriptionHub::serve_until_idle() {
  const Patience endless(clock_, ClientOptions::for_ever);
  Backoff backoff(options_.first_backoff, options_.longest_backoff);
  while (!closed_ && !feeds_.empty()) {
    const auto connection = co_await link_->connected(endless);
    begin(connection);
    co_await stay(connection);
    connection_.reset();
    for (Feed* const feed : feeds_) feed->interrupt();
    const Failure failure = *connection->broken();
    if (failure.kind == Kind::misconfigured) throw SystemError(failure.kind, link_->sentence(failure.cause));
    if (confirmed_one_) backoff.start_anew();
    co_await sleep_for(backoff.next());
  }
}

void SubscriptionHub::begin(const std::shared_ptr<Connection>& connection) {
  connection_ = connection;
  unconfirmed_.clear();
  confirmed_one_ = false;
  connection->listen([hub = weak_from_this()](const Reply& reply) {
    if (const auto self = hub.lock()) self->take(reply);
  });
  std::vector<std::string> channels;
  for (const auto& [channel, feeds] : wanted_) channels.push_back(channel);
  if (!channels.empty()) say("SUBSCRIBE", channels);
}

// Until the connection breaks. A server that has nothing to publish is asked now and then whether it is there.
asio::awaitable<void> SubscriptionHub::stay(std::shared_ptr<Connection> connection) {
  while (true) {
    const bool is_broken = co_await connection->wait_broken(options_.reply_timeout / 2);
    if (is_broken) co_return;
    if (feeds_.empty()) connection->break_off(Kind::unavailable, "nobody subscribes any more");
    connection->say(Command({"PING"}));
  }
}

void SubscriptionHub::take(const Reply& reply) {
  if (reply.is_error()) {
    const bool is_lasting = meaning_of(reply.error()) == Meaning::misconfigured;
    connection_->break_off(is_lasting ? Kind::misconfigured : Kind::unavailable, std::string(reply.error()));
    return;
  }
  if (reply.size() != 3) return;  // the answer to a PING
  const std::string_view what = reply[0].text();
  if (what == "message") deliver(reply[1].text(), reply[2].text());
  if (what == "subscribe") confirm(std::string(reply[1].text()));
}

void SubscriptionHub::deliver(std::string_view channel, std::string_view payload) {
  for (Feed* const feed : feeds_) {
    if (feed->wants(channel)) feed->push(channel, payload);
  }
}

void SubscriptionHub::confirm(const std::string& channel) {
  const auto entry = unconfirmed_.find(channel);
  if (entry == unconfirmed_.end() || --entry->second > 0) return;
  unconfirmed_.erase(entry);
  confirmed_one_ = true;
  for (Feed* const feed : feeds_) {
    if (feed->wants(channel) && is_confirmed(*feed)) feed->start_anew();
  }
}

bool SubscriptionHub::is_confirmed(const Feed& feed) const {
  return std::none_of(feed.channels().begin(), feed.channels().end(),
                      [this](const std::string& channel) { return unconfirmed_.contains(channel); });
}

void SubscriptionHub::fail_all(const std::string& cause) {
  for (Feed* const feed : feeds_) feed->fail(cause);
}

}  // namespace docmill::redis
