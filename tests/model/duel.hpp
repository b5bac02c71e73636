// A duel plays a tape against the model and against a real broker, through any of several openings of the same store,
// over a network that loses, repeats and delays, and stops at the first answer in which they differ.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/model/dice.hpp"
#include "tests/model/model_broker.hpp"
#include "tests/model/tape.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sync_broker.hpp"

namespace docmill::test {

// What is decided once a history.
struct History {
  std::uint64_t seed = 0;
  bool lossy = false;  // the network
  bool strict_scheduling = false;
};

// Opens the broker under test once, or several times on one store. What it draws itself must follow from the seed.
using OpenBrokers =
    std::function<std::vector<std::unique_ptr<Broker>>(boost::asio::io_context&, const Clock&, const History&)>;

class Duel {
 public:
  Duel(const OpenBrokers& open, std::uint64_t seed);

  // The first disagreement, or nothing.
  std::optional<std::string> play(const Tape& tape);
  // What was done, one line a step.
  const std::vector<std::string>& log() const { return log_; }
  // Situations that came about, by name: what the histories are worth.
  const std::set<std::string>& reached() const { return reached_; }

 private:
  // How a call fares on the network. What was lost is repeated at once; what is late waits for Action::deliver.
  enum class Delivery { once, reply_lost, twice, late, lost_for_good };

  struct Node {
    NodeId id;
    RequestId last;  // its client's name and last number
  };
  // A lease that some node was given, in the words of the model. It may have ended since.
  struct Known {
    Token token;
    std::vector<LeasedTask> tasks;
  };
  struct Retry {
    RequestId id;
    JobId job;
    int limit = 0;
  };

  void step(const Step& step);
  // The rows of the table of actions: each draws a call, makes it, compares the answers.
  void submit(Dice& dice);
  void create(Dice& dice);
  void add(Dice& dice, const JobId& job);
  void seal(Dice& dice, const JobId& job);
  void exchange(Dice& dice);
  void commit(Dice& dice);
  void renew(Dice& dice);
  void remove(Dice& dice, const JobId& job);
  void retry_failed(Dice& dice, const JobId& job);
  void on_job(Dice& dice, Action action, const JobId& job);
  void advance(Dice& dice);
  void deliver(Dice& dice);
  void repeat(Dice& dice);
  void node_dies(Dice& dice);
  void register_node(Dice& dice);

  Exchange draw_exchange(Dice& dice);
  Completion draw_completion(Dice& dice);
  void send(Dice& dice, const Exchange& request);
  void call(Dice& dice, const Exchange& request, bool compare);
  void call(Dice& dice, const CreateJob& request, bool compare);
  void call(Dice& dice, const Retry& request, bool compare);
  template <class Request>
  void send_over_network(Dice& dice, const Request& request);

  // Tokens of the two sides belong together by the order of their appearance.
  Exchange for_real(Exchange request) const;
  Token for_real(Token model) const;
  void match_leases(const std::vector<Lease>& model, const std::vector<Lease>& real);

  // After each step: everything that a user could see.
  void compare_books(Dice& dice);
  void compare_listings(Dice& dice);
  void check_version(const JobStatus& status);

  SyncBroker& real(Dice& dice) { return real_[dice.below(real_.size())]; }
  JobId draw_job(Dice& dice);
  Node& draw_node(Dice& dice) { return nodes_[dice.below(nodes_.size())]; }
  RequestId next_request(Dice& dice);
  Delivery draw_delivery(Dice& dice);
  void note(const std::string& line) { log_.push_back(line); }
  void mark(const ExchangeReply& reply);
  void mark(const LeasedTask& task);
  void expect_same(const std::string& what, const std::string& model, const std::string& real);

  boost::asio::io_context loop_;
  ManualClock clock_;
  History history_;
  std::unique_ptr<ModelBroker> model_broker_;
  std::vector<std::unique_ptr<Broker>> real_brokers_;
  SyncBroker model_;
  std::vector<SyncBroker> real_;

  std::vector<JobId> jobs_;
  std::set<JobId> removed_;  // by hand
  std::vector<Node> nodes_;
  std::vector<Known> leases_;
  std::map<Token, Token> real_of_;
  std::set<Token> real_tokens_;
  std::vector<Exchange> sent_;                    // for repetition
  std::vector<std::function<void(Dice&)>> late_;  // held up in the network
  std::map<std::string, std::pair<std::uint64_t, std::string>>
      versions_;  // by job: last version, and what it stood for
  std::uint64_t names_ = 0;
  std::vector<std::string> log_;
  std::set<std::string> reached_;
};

}  // namespace docmill::test
