// The harness itself: it finds no fault where there is none, and finds each of some deliberate faults.
#include <gtest/gtest.h>

#include "tests/model/campaign.hpp"
#include "tests/support/forwarding_broker.hpp"

namespace docmill::test {
namespace {

// A commit with a token that has ended is not refused but reported as accepted.
class AcceptsStaleTokens final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    Result<ExchangeReply> reply = co_await ForwardingBroker::exchange(std::move(request));
    if (reply) reply->stale.clear();
    co_return reply;
  }
};

class LosesRetries final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    for (Completion& completion : request.completions) completion.retryable = false;
    co_return co_await ForwardingBroker::exchange(std::move(request));
  }
};

class Miscounts final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<JobPage> jobs(std::string after, int limit) override {
    JobPage page = co_await ForwardingBroker::jobs(std::move(after), limit);
    for (JobStatus& status : page.jobs) {
      if (status.counters.failed > 1) --status.counters.failed;
    }
    co_return page;
  }
};

// The record of what a client was answered is lost.
class ForgetsRequests final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    request.id = RequestId();
    co_return co_await ForwardingBroker::exchange(std::move(request));
  }
};

class RenewsWhatIsLost final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<RenewReply> renew(Renew request) override {
    RenewReply reply = co_await ForwardingBroker::renew(std::move(request));
    reply.lost.clear();
    co_return reply;
  }
};

class DropsTheLastResult final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ResultPage>> results(JobId job, std::uint64_t cursor, int limit) override {
    Result<ResultPage> page = co_await ForwardingBroker::results(std::move(job), cursor, limit);
    if (page && page->rows.size() > 3) page->rows.pop_back();
    co_return page;
  }
};

class NeverChangesTheVersion final : public ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<JobPage> jobs(std::string after, int limit) override {
    JobPage page = co_await ForwardingBroker::jobs(std::move(after), limit);
    for (JobStatus& status : page.jobs) status.version = 1;
    co_return page;
  }
};

std::vector<std::unique_ptr<Broker>> open_model(boost::asio::io_context&, const Clock& clock, const History& history) {
  std::vector<std::unique_ptr<Broker>> brokers;
  brokers.push_back(std::make_unique<ModelBroker>(clock, history.strict_scheduling));
  return brokers;
}

template <class Faulty>
std::vector<std::unique_ptr<Broker>> open_faulty(boost::asio::io_context&, const Clock& clock, const History& history) {
  std::vector<std::unique_ptr<Broker>> brokers;
  brokers.push_back(std::make_unique<Faulty>(std::make_unique<ModelBroker>(clock, history.strict_scheduling)));
  return brokers;
}

template <class Faulty>
class FaultyBroker : public testing::Test {};
using Faults = testing::Types<AcceptsStaleTokens, LosesRetries, Miscounts, ForgetsRequests, RenewsWhatIsLost,
                              DropsTheLastResult, NeverChangesTheVersion>;
TYPED_TEST_SUITE(FaultyBroker, Faults);

TYPED_TEST(FaultyBroker, IsFoundAndTheHistoryIsShort) {
  const std::optional<Failure> failure = find_failure({.first_seed = 1, .histories = 300}, open_faulty<TypeParam>);
  ASSERT_TRUE(failure.has_value());
  EXPECT_LE(failure->steps, 12U) << failure->report;
}

TEST(ModelHarness, FindsNoFaultInTheModelItself) {
  const std::optional<Failure> failure = find_failure(campaign_of(300), open_model);
  EXPECT_FALSE(failure.has_value()) << failure->report;
}

TEST(ModelHarness, PrintsTheSeedTheStepsAndTheDisagreement) {
  const std::optional<Failure> failure = find_failure({.first_seed = 1, .histories = 300}, open_faulty<LosesRetries>);
  ASSERT_TRUE(failure.has_value());
  for (const char* part : {"DOCMILL_MODEL_SEED=", "exchange", "--- model:", "--- real:"}) {
    EXPECT_NE(failure->report.find(part), std::string::npos) << failure->report;
  }
}

TEST(ModelHarness, ReachesEverySituationThatTheRulesSpeakOf) {
  std::set<std::string> reached;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Duel duel(open_model, seed);
    EXPECT_FALSE(duel.play(make_tape(seed, 80)));
    reached.insert(duel.reached().begin(), duel.reached().end());
  }
  for (const char* situation : {"a document",
                                "a document tried again",
                                "a document lost with its node",
                                "a part",
                                "a part tried again",
                                "a part lost with its node",
                                "a merge",
                                "a merge tried again",
                                "a merge lost with its node",
                                "a merge with a failed part",
                                "a run",
                                "a run that came back",
                                "several leases at once",
                                "a document of a run given a second time",
                                "a single task given a second time",
                                "one of two leases: done",
                                "one of two leases: failed",
                                "one of two leases: split",
                                "one of two leases: released",
                                "one of two leases: lost",
                                "a stale completion",
                                "more work than wanted",
                                "a lease given again",
                                "exchange: error conflict",
                                "exchange: error invalid_option",
                                "a job open",
                                "a job running",
                                "a job paused",
                                "a job finished",
                                "a job cancelled",
                                "a job gone by itself",
                                "a partial result",
                                "a task waiting",
                                "a task leased",
                                "a task retrying",
                                "a task done",
                                "a task failed",
                                "a task cancelled",
                                "a task given up as lost",
                                "a split document failed"}) {
    EXPECT_TRUE(reached.contains(situation)) << situation;
  }
}

TEST(ModelHarness, PlaysTheSameHistoryForTheSameSeed) {
  Duel one(open_model, 7);
  Duel two(open_model, 7);
  EXPECT_FALSE(one.play(make_tape(7, 80)));
  EXPECT_FALSE(two.play(make_tape(7, 80)));
  EXPECT_EQ(one.log(), two.log());
}

}  // namespace
}  // namespace docmill::test
