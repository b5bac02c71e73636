// The conformance suite: what every broker must do, written against the Broker interface alone. Tests named
// PromiseN_… keep the promises of the design; the others keep the rules of broker/broker.hpp.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/broker_factory.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sync_broker.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::test {

class BrokerConformance : public testing::TestWithParam<BrokerFactory> {
 protected:
  BrokerConformance();

  // Closes the broker and opens it anew, with what it has kept.
  void reopen(BrokerSettings settings = {});

  // A sealed job of `count` documents named "0", "1", …
  JobId submit(std::uint64_t count, JobSpec spec = {});
  static JobSpec with_retry(int max_attempts, int max_deliveries = 10);
  static JobSpec with_priority(Priority priority);

  // The mutating calls of node "n", each numbered; the answer must not be an error.
  ExchangeReply exchange(std::vector<Completion> completions, int want, std::vector<std::string> offers = {});
  std::vector<Lease> lease(int want, std::vector<std::string> offers = {});
  // What node `name` gets that asks with `hedge_after`.
  std::vector<Lease> lease_as(const std::string& name, int want, Millis hedge_after);
  // What must be exactly one lease.
  Lease lease_one(int want);
  // Commits completions that must not be stale.
  void commit(std::vector<Completion> completions);
  std::vector<Token> renew(std::vector<Token> tokens);
  // Leases and commits as done until the job has nothing left to give; moves the clock for what waits to be retried.
  void drain(const JobId& job);

  // Removes a job that has ended, however many calls that takes.
  void remove(const JobId& job);
  // Runs the loop until `condition` holds; a minute without that fails the test.
  void wait_until(const std::function<bool()>& condition);

  static Completion done(const Lease& lease, std::size_t task = 0, std::string result = "{}");
  static std::vector<Completion> all_done(const Lease& lease);
  static Completion failed(const Lease& lease, bool retryable, std::size_t task = 0, std::string message = "broken");
  static Completion released(const Lease& lease, std::size_t task = 0);
  static Completion split(const Lease& lease, int parts, std::size_t task = 0);
  static std::vector<std::uint64_t> indexes(const Lease& lease);

  JobStatus status(const JobId& job);
  Counters counters(const JobId& job) { return status(job).counters; }
  std::vector<TaskInfo> tasks(const JobId& job, std::optional<TaskState> state = std::nullopt);
  TaskInfo task(const JobId& job, std::uint64_t index) { return tasks(job).at(index); }
  RequestId next_request() { return {.client = "client", .sequence = ++sequence_}; }

  // Nothing that any lease_time or backoff of these tests outlives.
  static constexpr Millis long_time{100'000};
  static constexpr Millis lease_time{30'000};

  boost::asio::io_context loop;
  ManualClock clock;
  TempDir directory;
  std::unique_ptr<Broker> owned;
  SyncBroker broker;

 private:
  std::uint64_t sequence_ = 0;
};

}  // namespace docmill::test
