// SubscriptionHub: all subscriptions of a client on one connection. One event loop; not thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "redis/link.hpp"
#include "redis/subscription.hpp"

namespace docmill::redis {

class SubscriptionHub : public std::enable_shared_from_this<SubscriptionHub> {
 public:
  SubscriptionHub(const boost::asio::any_io_executor& loop, std::shared_ptr<Link> link, ClientOptions options);

  std::unique_ptr<Subscription> subscribe(std::vector<std::string> channels);
  void close();

 private:
  class Feed;
  using Self = std::shared_ptr<SubscriptionHub>;

  static boost::asio::awaitable<void> serve(Self self);
  boost::asio::awaitable<void> serve_until_idle();
  boost::asio::awaitable<void> stay(std::shared_ptr<Connection> connection);
  void ensure_serving();
  void begin(const std::shared_ptr<Connection>& connection);
  void say(std::string_view verb, const std::vector<std::string>& channels);
  void take(const Reply& reply);
  void deliver(std::string_view channel, std::string_view payload);
  void confirm(const std::string& channel);
  void fail_all(const std::string& cause);
  void add(Feed& feed);
  void remove(Feed& feed);
  bool is_confirmed(const Feed& feed) const;

  const boost::asio::any_io_executor loop_;
  const std::shared_ptr<Link> link_;
  const ClientOptions options_;
  const SystemClock clock_;

  std::set<Feed*> feeds_;
  std::map<std::string, int> wanted_;       // by how many feeds, each channel
  std::map<std::string, int> unconfirmed_;  // SUBSCRIBEs that the server has not confirmed, each channel
  std::shared_ptr<Connection> connection_;  // that listens; nothing while there is none
  bool serving_ = false;
  bool closed_ = false;
  bool confirmed_one_ = false;  // on the present connection
  boost::asio::cancellation_signal stop_;
};

}  // namespace docmill::redis
