#include "redis/client.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "redis/backoff.hpp"
#include "redis/connection.hpp"
#include "redis/link.hpp"
#include "redis/meaning.hpp"
#include "redis/subscription_hub.hpp"
#include "runtime/timer.hpp"

namespace docmill::redis {

namespace asio = boost::asio;
using Kind = SystemError::Kind;

class Client::Core {
 public:
  Core(const asio::any_io_executor& loop, Url url, ClientOptions options)
      : loop_(loop),
        options_(std::move(options)),
        commands_(std::make_shared<Link>(loop, url, options_)),
        hub_(std::make_shared<SubscriptionHub>(loop, std::make_shared<Link>(loop, std::move(url), options_), options_)),
        reloaded_(loop) {}

  std::shared_ptr<PendingCall> make_call(Command command) const {
    return std::make_shared<PendingCall>(loop_, std::move(command));
  }

  // Until the call has an answer that is the caller's.
  asio::awaitable<void> perform(std::shared_ptr<PendingCall> call);

  std::string where() const { return commands_->where(); }
  std::string sentence(const std::string& cause) const { return commands_->sentence(cause); }
  SubscriptionHub& hub() { return *hub_; }
  const ClientOptions& options() const { return options_; }
  void on_missing_function(std::function<asio::awaitable<void>()> reload) { reload_ = std::move(reload); }

  void close() {
    commands_->close();
    hub_->close();
  }

 private:
  enum class Verdict { done, repeat, reload };

  Verdict judge(const PendingCall& call, Connection& connection, std::string& trouble) const;
  asio::awaitable<void> reload(int seen);

  const asio::any_io_executor loop_;
  const ClientOptions options_;
  const SystemClock clock_;
  const std::shared_ptr<Link> commands_;
  const std::shared_ptr<SubscriptionHub> hub_;

  std::function<asio::awaitable<void>()> reload_;
  bool reloading_ = false;
  int reloads_ = 0;                    // that have ended
  std::exception_ptr reload_failure_;  // of the last one
  Event reloaded_;
};

asio::awaitable<void> Client::Core::perform(std::shared_ptr<PendingCall> call) {
  constexpr int most_reloads = 2;
  const Patience patience(clock_, options_.patience);
  std::optional<Backoff> backoff;  // most calls need none
  for (int reloads = 0;;) {
    std::shared_ptr<Connection> connection = commands_->current();
    if (!connection) connection = co_await commands_->connected(patience);
    call->reset();
    const int seen = reloads_;
    connection->send(call);
    while (!call->over()) co_await call->ended.wait();
    std::string trouble;
    const Verdict verdict = judge(*call, *connection, trouble);
    if (verdict == Verdict::reload && reload_ && reloads++ < most_reloads) {
      co_await reload(seen);
      continue;
    }
    if (verdict != Verdict::repeat) co_return;
    if (patience.spent()) {
      throw SystemError(Kind::unavailable,
                        sentence("not fit to serve within " + describe(patience.amount()) + ": " + trouble));
    }
    if (connection->broken()) commands_->remember(trouble);
    if (!backoff) backoff.emplace(options_.first_backoff, options_.longest_backoff);
    co_await sleep_for(std::min(backoff->next(), patience.left()));
  }
}

// Throws what no repetition mends.
Client::Core::Verdict Client::Core::judge(const PendingCall& call, Connection& connection, std::string& trouble) const {
  if (call.lost) {
    trouble = connection.broken()->cause;
    if (connection.broken()->kind == Kind::misconfigured) throw SystemError(Kind::misconfigured, sentence(trouble));
    return Verdict::repeat;
  }
  trouble = call.reply->error();
  if (trouble.empty() && call.after_reply) trouble = call.after_reply->error();
  switch (meaning_of(trouble)) {
    case Meaning::answer:
      return Verdict::done;
    case Meaning::function_missing:
      return Verdict::reload;
    case Meaning::elsewhere:
      connection.break_off(Kind::unavailable, trouble);
      return Verdict::repeat;
    case Meaning::again:
      return Verdict::repeat;
    case Meaning::overloaded:
      throw SystemError(Kind::overloaded, sentence(trouble));
    case Meaning::unavailable:
      throw SystemError(Kind::unavailable, sentence(trouble));
    case Meaning::misconfigured:
      throw SystemError(Kind::misconfigured, sentence(trouble));
  }
  return Verdict::done;
}

// One for all calls that met the same emptied server; `seen`: the reloads there had been when the call was sent.
asio::awaitable<void> Client::Core::reload(int seen) {
  while (reloading_) co_await reloaded_.wait();
  if (reloads_ != seen) {
    if (reload_failure_) std::rethrow_exception(reload_failure_);
    co_return;
  }
  struct Turn {
    explicit Turn(Core& owner) : core(owner) { core.reloading_ = true; }
    ~Turn() {
      core.reloading_ = false;
      core.reloaded_.notify();
    }
    Core& core;
  };
  const Turn turn(*this);  // also given up when cancelled: then the next call reloads
  reload_failure_ = nullptr;
  try {
    co_await reload_();
  } catch (const SystemError&) {
    reload_failure_ = std::current_exception();
  }
  ++reloads_;
  if (reload_failure_) std::rethrow_exception(reload_failure_);
}

Client::Client(const asio::any_io_executor& loop, Url url, ClientOptions options)
    : core_(std::make_unique<Core>(loop, std::move(url), std::move(options))) {}
Client::~Client() { core_->close(); }

asio::awaitable<Reply> Client::call(Command command) {
  const auto call = core_->make_call(std::move(command));
  co_await core_->perform(call);
  co_return std::move(*call->reply);
}

asio::awaitable<ReplicatedReply> Client::call(Command command, int replicas, std::chrono::milliseconds timeout) {
  const auto call = core_->make_call(std::move(command));
  // A server that waits is silent, and shall not be taken for dead.
  const auto longest = std::min(timeout, core_->options().reply_timeout / 2);
  call->after.emplace(Command({"WAIT", std::to_string(replicas), std::to_string(longest.count())}));
  co_await core_->perform(call);
  ReplicatedReply result{std::move(*call->reply), 0};
  if (result.reply.is_error()) co_return result;
  result.replicas = call->after_reply->integer();
  if (result.replicas < replicas) {
    throw SystemError(Kind::unavailable,
                      core_->sentence("only " + std::to_string(result.replicas) + " of " + std::to_string(replicas) +
                                      " replicas confirmed within " + describe(longest) +
                                      "; the command has been carried out, and may be lost in a failover"));
  }
  co_return result;
}

void Client::on_missing_function(std::function<asio::awaitable<void>()> reload) {
  core_->on_missing_function(std::move(reload));
}

std::unique_ptr<Subscription> Client::subscribe(std::vector<std::string> channels) {
  return core_->hub().subscribe(std::move(channels));
}

std::string Client::where() const { return core_->where(); }

}  // namespace docmill::redis
