#include "redis/greeting.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "redis/meaning.hpp"

namespace docmill::redis {
namespace {

namespace asio = boost::asio;
using Kind = SystemError::Kind;
using Calls = std::vector<std::shared_ptr<PendingCall>>;

Calls first_words(const asio::any_io_executor& loop, const Greeting& greeting) {
  Calls calls;
  const auto add = [&](Command command) { calls.push_back(std::make_shared<PendingCall>(loop, std::move(command))); };
  const Credentials& who = greeting.credentials;
  if (!who.user.empty()) add({"AUTH", who.user, who.password});
  if (who.user.empty() && !who.password.empty()) add({"AUTH", who.password});
  if (greeting.database != 0) add({"SELECT", std::to_string(greeting.database)});
  add({"CLIENT", "SETNAME", greeting.client_name});
  if (greeting.role == WantedRole::master) add({"ROLE"});
  return calls;
}

// Throws what an answer to a greeting means, unless all is well.
void check(const PendingCall& call) {
  const std::string& name = call.command.name();
  const std::string error(call.reply->error());
  if (name == "ROLE" && error.empty()) {
    const ReplyView role = (*call.reply)[0];
    if (role.text() != "master") {
      throw SystemError(Kind::unavailable, "the sentinels name a server that is a " + std::string(role.text()) +
                                               " at present: a failover is under way");
    }
  }
  if (error.empty()) return;
  // A name is a courtesy: who may not give one, works without.
  const bool is_courtesy = name == "CLIENT" && !error.starts_with("NOAUTH") && !error.starts_with("DENIED");
  if (is_courtesy && meaning_of(error) != Meaning::again) return;
  if (error.starts_with("NOAUTH"))
    throw SystemError(Kind::misconfigured, "the server wants a password (" + error + ")");
  const bool is_lasting = meaning_of(error) == Meaning::misconfigured;
  throw SystemError(is_lasting ? Kind::misconfigured : Kind::unavailable, error);
}

// Waits until the answer is there; throws SystemError when it does not come.
asio::awaitable<void> await_answer(std::shared_ptr<Connection> connection, std::shared_ptr<PendingCall> call,
                                   std::chrono::milliseconds timeout) {
  while (!call->over()) {
    const bool in_time = co_await call->ended.wait(timeout);
    if (in_time || call->over()) continue;
    connection->break_off(Kind::unavailable,
                          "connected, but no answer within " + std::to_string(timeout.count()) + " ms");
  }
  if (call->lost) throw SystemError(connection->broken()->kind, connection->broken()->cause);
}

asio::awaitable<void> greet(asio::any_io_executor loop, std::shared_ptr<Connection> connection, Greeting greeting) {
  const Calls calls = first_words(loop, greeting);
  for (const auto& call : calls) connection->send(call);
  for (const auto& call : calls) {
    co_await await_answer(connection, call, greeting.timeout);
    check(*call);
  }
}

asio::awaitable<std::optional<Endpoint>> ask(std::shared_ptr<Connection> sentinel, std::shared_ptr<PendingCall> call,
                                             std::chrono::milliseconds timeout) {
  sentinel->send(call);
  co_await await_answer(sentinel, call, timeout);
  const Reply& reply = *call->reply;
  if (reply.is_error()) {
    const std::string error(reply.error());
    const bool is_lasting = meaning_of(error) == Meaning::misconfigured;
    throw SystemError(is_lasting ? Kind::misconfigured : Kind::unavailable, error);
  }
  if (reply.is_nil()) co_return std::nullopt;
  co_return Endpoint{std::string(reply[0].text()), static_cast<std::uint16_t>(reply[1].integer())};
}

asio::awaitable<std::optional<Endpoint>> ask_sentinel(asio::any_io_executor loop, Url url, Endpoint where,
                                                      Greeting greeting) {
  const auto timeout = greeting.timeout;
  const auto sentinel = co_await open_connection(loop, url, where, std::move(greeting), timeout);
  Command question({"SENTINEL", "get-master-addr-by-name", url.master});
  const auto call = std::make_shared<PendingCall>(loop, std::move(question));
  std::exception_ptr failed;
  std::optional<Endpoint> master;
  try {
    master = co_await ask(sentinel, call, timeout);
  } catch (...) {
    failed = std::current_exception();
  }
  sentinel->break_off(Kind::unavailable, "not needed any more");
  if (failed) std::rethrow_exception(failed);
  co_return master;
}

}  // namespace

asio::awaitable<std::shared_ptr<Connection>> open_connection(asio::any_io_executor loop, Url url, Endpoint where,
                                                             Greeting greeting,
                                                             std::chrono::milliseconds reply_timeout) {
  const auto stream = co_await open_stream(loop, std::move(url), std::move(where), greeting.timeout);
  const auto connection = std::make_shared<Connection>(loop, stream, reply_timeout);
  connection->start();
  std::exception_ptr failed;
  try {
    co_await greet(loop, connection, std::move(greeting));
  } catch (...) {
    failed = std::current_exception();
  }
  if (failed) {
    connection->break_off(Kind::unavailable, "not greeted as it should be");
    std::rethrow_exception(failed);
  }
  co_return connection;
}

asio::awaitable<Endpoint> find_master(asio::any_io_executor loop, Url url, std::string client_name,
                                      std::chrono::milliseconds timeout, std::size_t first) {
  Greeting greeting;
  greeting.credentials = url.sentinel_credentials;
  greeting.client_name = std::move(client_name);
  greeting.timeout = timeout;
  std::string troubles;
  Kind kind = Kind::misconfigured;
  for (std::size_t i = 0; i < url.sentinels.size(); ++i) {
    const Endpoint& sentinel = url.sentinels[(first + i) % url.sentinels.size()];
    std::string trouble = "knows no master of that name";
    try {
      const std::optional<Endpoint> master = co_await ask_sentinel(loop, url, sentinel, greeting);
      if (master) co_return *master;
    } catch (const SystemError& error) {
      trouble = error.what();
      if (error.kind() != Kind::misconfigured) kind = Kind::unavailable;
    }
    troubles += (i == 0 ? " (" : "; ") + describe(sentinel) + ": " + trouble;
  }
  throw SystemError(kind, "no sentinel says where the master \"" + url.master + "\" is" + troubles + ")");
}

}  // namespace docmill::redis
