#include "tests/conformance/fixture.hpp"

#include <algorithm>
#include <utility>

#include "tests/support/run_coroutine.hpp"

namespace docmill::test {

BrokerConformance::BrokerConformance()
    : owned(GetParam().open(loop, clock, directory.path(), {})), broker(loop, *owned) {}

void BrokerConformance::reopen(BrokerSettings settings) {
  owned.reset();
  owned = GetParam().open(loop, clock, directory.path(), settings);
  broker = SyncBroker(loop, *owned);
}

JobId BrokerConformance::submit(std::uint64_t count, JobSpec spec) {
  if (spec.pipeline.empty()) spec.pipeline = "ocr";
  const Result<CreatedJob> created = broker.create({.id = next_request(), .spec = std::move(spec)});
  EXPECT_TRUE(created.has_value());
  for (std::uint64_t first = 0; first < count; first += 10'000) {
    AddDocuments chunk{.job = created->job, .first = first, .names = {}};
    for (std::uint64_t index = first; index < std::min(count, first + 10'000); ++index) {
      chunk.names.push_back(std::to_string(index));
    }
    EXPECT_TRUE(broker.add_documents(std::move(chunk)).has_value());
  }
  EXPECT_TRUE(broker.seal(created->job).has_value());
  return created->job;
}

JobSpec BrokerConformance::with_retry(int max_attempts, int max_deliveries) {
  JobSpec spec;
  spec.retry.max_attempts = max_attempts;
  spec.retry.max_deliveries = max_deliveries;
  return spec;
}

JobSpec BrokerConformance::with_priority(Priority priority) {
  JobSpec spec;
  spec.priority = priority;
  return spec;
}

ExchangeReply BrokerConformance::exchange(std::vector<Completion> completions, int want,
                                          std::vector<std::string> offers) {
  Result<ExchangeReply> reply = broker.exchange({.id = next_request(),
                                                 .node = NodeId{"n"},
                                                 .completions = std::move(completions),
                                                 .want = want,
                                                 .offers = std::move(offers),
                                                 .lease_time = lease_time});
  EXPECT_TRUE(reply.has_value());
  return std::move(*reply);
}

std::vector<Lease> BrokerConformance::lease(int want, std::vector<std::string> offers) {
  return exchange({}, want, std::move(offers)).leases;
}

std::vector<Lease> BrokerConformance::lease_as(const std::string& name, int want, Millis hedge_after) {
  Exchange request;
  request.id = next_request();
  request.node = NodeId{name};
  request.want = want;
  request.lease_time = lease_time;
  request.hedge_after = hedge_after;
  Result<ExchangeReply> reply = broker.exchange(std::move(request));
  EXPECT_TRUE(reply.has_value());
  return std::move(reply->leases);
}

Lease BrokerConformance::lease_one(int want) {
  std::vector<Lease> leases = lease(want);
  EXPECT_EQ(leases.size(), 1U);
  return leases.at(0);
}

void BrokerConformance::commit(std::vector<Completion> completions) {
  EXPECT_TRUE(exchange(std::move(completions), 0).stale.empty());
}

std::vector<Token> BrokerConformance::renew(std::vector<Token> tokens) {
  return broker.renew({.node = NodeId{"n"}, .tokens = std::move(tokens), .lease_time = lease_time}).lost;
}

void BrokerConformance::drain(const JobId& job) {
  while (status(job).state == JobState::running) {
    for (const Lease& lease : lease(1'000)) commit(all_done(lease));
    clock.advance(long_time);
  }
}

void BrokerConformance::remove(const JobId& job) {
  for (int calls = 0; calls < 1'000; ++calls) {
    const Result<bool> gone = broker.remove(job);
    // After the first call others may have cleared the rest away.
    if (calls > 0 && !gone && gone.error().code == ErrorCode::not_found) return;
    ASSERT_TRUE(gone.has_value());
    if (*gone) return;
  }
  FAIL() << "removing a job does not come to an end";
}

void BrokerConformance::wait_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + run_deadline;
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "what was waited for did not come";
    loop.restart();
    loop.run_one_until(end);
  }
}

Completion BrokerConformance::done(const Lease& lease, std::size_t task, std::string result) {
  Completion completion;
  completion.token = lease.token;
  completion.ref = lease.tasks.at(task).ref;
  completion.result = std::move(result);
  completion.pages = 1;
  return completion;
}

std::vector<Completion> BrokerConformance::all_done(const Lease& lease) {
  std::vector<Completion> completions;
  for (std::size_t task = 0; task < lease.tasks.size(); ++task) {
    completions.push_back(done(lease, task, "result of " + lease.tasks[task].document));
  }
  return completions;
}

Completion BrokerConformance::failed(const Lease& lease, bool retryable, std::size_t task, std::string message) {
  Completion completion = done(lease, task, "");
  completion.kind = Completion::Kind::failed;
  completion.error = fail(ErrorCode::unreadable, std::move(message), 3);
  completion.retryable = retryable;
  return completion;
}

Completion BrokerConformance::released(const Lease& lease, std::size_t task) {
  Completion completion = done(lease, task, "");
  completion.kind = Completion::Kind::released;
  return completion;
}

Completion BrokerConformance::split(const Lease& lease, int parts, std::size_t task) {
  Completion completion = done(lease, task, "");
  completion.kind = Completion::Kind::split;
  for (int part = 0; part < parts; ++part) completion.parts.push_back({.first = part * 10 + 1, .last = part * 10 + 10});
  return completion;
}

std::vector<std::uint64_t> BrokerConformance::indexes(const Lease& lease) {
  std::vector<std::uint64_t> found;
  for (const LeasedTask& task : lease.tasks) found.push_back(task.ref.index);
  return found;
}

JobStatus BrokerConformance::status(const JobId& job) {
  const Result<JobStatus> found = broker.status(job);
  EXPECT_TRUE(found.has_value());
  return *found;
}

std::vector<TaskInfo> BrokerConformance::tasks(const JobId& job, std::optional<TaskState> state) {
  return broker.all_tasks(job, state, 1'000);
}

}  // namespace docmill::test
