// Client: the connection of a process to its Redis server.
//
// One connection carries the commands of all coroutines: what is called at the same time leaves in one write, and the
// answers are matched in order. Whoever calls promises that the command may be done twice, because a call whose answer
// was lost is sent again. A second connection, made when it is first wanted, carries subscriptions.
//
// A call ends in one of three ways:
//   * the server's answer; an error that is meant for the caller ("ERR …", "WRONGTYPE …", an error of a script) is an
//     answer too (Reply::is_error);
//   * SystemError, whose sentence names the server (never its password) and the cause:
//       unavailable    not reached, or not fit to serve, for `patience` (lost connections, no answer in time, LOADING,
//                      BUSY, TRYAGAIN, CLUSTERDOWN, MASTERDOWN, READONLY after a failover: tried again with backoff and
//                      full jitter until then); at once: it cannot write its disk (MISCONF), or has too few replicas
//                      (NOREPLICAS)
//       overloaded     its memory is full (OOM)
//       misconfigured  wrong password or missing right, a command that it does not know, a TLS certificate that does
//                      not hold, a CA file that cannot be read
//   * operation_aborted, when its coroutine is cancelled; the command may be carried out all the same.
//
// One event loop; not thread-safe. The loop must outlive the client.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "redis/reply.hpp"
#include "redis/subscription.hpp"
#include "redis/url.hpp"

namespace docmill::redis {

struct ClientOptions {
  using Millis = std::chrono::milliseconds;

  static constexpr Millis for_ever = Millis::max();

  std::string name = "docmill";   // shown by CLIENT LIST
  Millis patience{10'000};        // how long a call goes on against a server that cannot serve; for_ever: a node
  Millis connect_timeout{5'000};  // for each address, with TLS and greeting
  Millis reply_timeout{10'000};   // silence of a server that owes an answer, after which the connection is given up
  Millis first_backoff{25};       // the pause before a repetition is random, up to this; doubled each time …
  Millis longest_backoff{2'000};  // … up to this
};

// The answer to a command that replicas have been asked to confirm.
struct ReplicatedReply {
  Reply reply;
  std::int64_t replicas = 0;  // that have it
};

class Client {
 public:
  // Does nothing but remember; the first call connects.
  Client(const boost::asio::any_io_executor& loop, Url url, ClientOptions options = ClientOptions());
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();  // closes the connections; no call and no Subscription of it may be left

  // One round trip.
  boost::asio::awaitable<Reply> call(Command command);

  // The same, and returns only when `replicas` replicas have confirmed it (WAIT) within `timeout`. Fewer: SystemError
  // unavailable; the command has been carried out then, and may be called again. An error Reply is not waited for.
  boost::asio::awaitable<ReplicatedReply> call(Command command, int replicas, std::chrono::milliseconds timeout);

  // What to do when the server answers "ERR Function not found": it has been emptied, or another one has taken over.
  // `reload` loads the library, by calls of this client; the calls that met the answer wait for it and are repeated.
  // Where the function is missing even then, the error is their Reply. What reload throws, they throw.
  void on_missing_function(std::function<boost::asio::awaitable<void>()> reload);

  // Messages of `channels` from now on (subscription.hpp). Any number at a time; they share a connection.
  std::unique_ptr<Subscription> subscribe(std::vector<std::string> channels);

  // The server and, behind sentinels, which one it is at present, for messages.
  std::string where() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace docmill::redis
