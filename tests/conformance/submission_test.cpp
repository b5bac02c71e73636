// The rules about submission, numbered requests and the flags of a job.
#include <gmock/gmock.h>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

JobSpec ocr() {
  JobSpec spec;
  spec.pipeline = "ocr";
  return spec;
}

AddDocuments chunk(const JobId& job, std::uint64_t first, std::vector<std::string> names) {
  return {.job = job, .first = first, .names = std::move(names)};
}

TEST_P(BrokerConformance, AJobKeepsWhatWasSubmitted) {
  JobSpec spec = ocr();
  spec.name = "a job\nof \"two\" lines";
  spec.options = R"({"language":"eng"})";
  spec.priority = Priority::high;
  spec.retry = {.max_attempts = 7, .max_deliveries = 8, .backoff_base = Millis{9}, .backoff_cap = Millis{10}};
  spec.idempotency_key = "key";
  spec.body_digest = "digest";
  const JobId job = submit(1, spec);
  const JobStatus now = status(job);
  EXPECT_EQ(now.id, job);
  EXPECT_EQ(now.spec, spec);
  EXPECT_EQ(now.created_at, clock.now());
  EXPECT_EQ(now.state, JobState::running);
  EXPECT_EQ(*lease_one(1).spec, spec);
}

TEST_P(BrokerConformance, JobIdsAreSixteenLowerCaseLettersAndDigitsAndDiffer) {
  const JobId one = submit(0);
  const JobId two = submit(0);
  EXPECT_NE(one, two);
  for (const JobId& job : {one, two}) {
    EXPECT_THAT(job.value, SizeIs(16));
    EXPECT_EQ(job.value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), std::string::npos) << job.value;
  }
}

TEST_P(BrokerConformance, AJobStartsWhenItIsSealed) {
  const JobId job = broker.create({.id = next_request(), .spec = ocr()})->job;
  ASSERT_TRUE(broker.add_documents(chunk(job, 0, {"a"})).has_value());
  EXPECT_EQ(status(job).state, JobState::open);
  EXPECT_THAT(lease(5), IsEmpty());
  ASSERT_TRUE(broker.add_documents(chunk(job, 1, {"b", "c"})).has_value());
  ASSERT_TRUE(broker.seal(job).has_value());
  ASSERT_TRUE(broker.seal(job).has_value());
  EXPECT_EQ(status(job).state, JobState::running);
  EXPECT_THAT(indexes(lease_one(5)), ElementsAre(0U, 1U, 2U));
}

TEST_P(BrokerConformance, AJobWithoutDocumentsIsFinishedAtOnce) {
  const JobId job = submit(0);
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_EQ(status(job).finished_at, clock.now());
  EXPECT_EQ(status(job).counters, Counters{});
  EXPECT_EQ(broker.cancel(job).error().code, ErrorCode::conflict);
}

TEST_P(BrokerConformance, AChunkIsAddedOnceAndInOrder) {
  const JobId job = broker.create({.id = next_request(), .spec = ocr()})->job;
  ASSERT_TRUE(broker.add_documents(chunk(job, 0, {"a", "b"})).has_value());
  EXPECT_TRUE(broker.add_documents(chunk(job, 0, {"a", "b"})).has_value());
  EXPECT_TRUE(broker.add_documents(chunk(job, 1, {"b"})).has_value());
  EXPECT_TRUE(broker.add_documents(chunk(job, 2, {})).has_value());
  EXPECT_EQ(broker.add_documents(chunk(job, 3, {"d"})).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.add_documents(chunk(job, 1, {"b", "c"})).error().code, ErrorCode::conflict);
  EXPECT_EQ(counters(job), (Counters{.waiting = 2}));
  ASSERT_TRUE(broker.seal(job).has_value());
  EXPECT_EQ(broker.add_documents(chunk(job, 2, {"c"})).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.add_documents(chunk(JobId{"unknown"}, 0, {"a"})).error().code, ErrorCode::not_found);
  EXPECT_EQ(broker.seal(JobId{"unknown"}).error().code, ErrorCode::not_found);
}

TEST_P(BrokerConformance, NamesAreAnyBytesButNulAndDuplicatesAreDifferentDocuments) {
  const std::vector<std::string> names = {
      "same", "same", "", "new\nline", "\xff\xfe not UTF-8", "../..", "'; DROP", std::string(64 * 1024, 'x')};
  const JobId job = broker.create({.id = next_request(), .spec = ocr()})->job;
  ASSERT_TRUE(broker.add_documents(chunk(job, 0, names)).has_value());
  EXPECT_EQ(broker.add_documents(chunk(job, 8, {std::string("a\0b", 3)})).error().code, ErrorCode::invalid_option);
  EXPECT_EQ(broker.add_documents(chunk(job, 8, {std::string(64 * 1024 + 1, 'x')})).error().code,
            ErrorCode::invalid_option);
  EXPECT_EQ(broker.add_documents(chunk(job, 8, std::vector<std::string>(10'001, "x"))).error().code,
            ErrorCode::invalid_option);
  ASSERT_TRUE(broker.seal(job).has_value());
  std::vector<std::string> leased;
  for (const LeasedTask& task : lease_one(100).tasks) leased.push_back(task.document);
  EXPECT_EQ(leased, names);
  std::vector<std::string> listed;
  for (const TaskInfo& info : tasks(job)) listed.push_back(info.document);
  EXPECT_EQ(listed, names);
}

TEST_P(BrokerConformance, ManyChunksAreOneListOfDocuments) {
  const JobId job = submit(23'456);
  EXPECT_EQ(counters(job), (Counters{.waiting = 23'456}));
  std::uint64_t expected = 0;
  while (expected < 23'456) {
    for (const LeasedTask& task : lease_one(997).tasks) {
      ASSERT_EQ(task.ref.index, expected);
      ASSERT_EQ(task.document, std::to_string(expected));
      ++expected;
    }
  }
}

TEST_P(BrokerConformance, AnOpenJobUntouchedForADayIsCancelled) {
  const JobId touched = broker.create({.id = next_request(), .spec = ocr()})->job;
  const JobId untouched = broker.create({.id = next_request(), .spec = ocr()})->job;
  const JobId sealed = submit(1);
  clock.advance(std::chrono::hours(23));
  ASSERT_TRUE(broker.add_documents(chunk(touched, 0, {"a"})).has_value());
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(status(untouched).state, JobState::cancelled);
  EXPECT_EQ(status(untouched).finished_at, clock.now());
  EXPECT_EQ(status(touched).state, JobState::open);
  EXPECT_EQ(status(sealed).state, JobState::running);
  clock.advance(std::chrono::hours(23));
  EXPECT_EQ(status(touched).state, JobState::cancelled);
  EXPECT_EQ(counters(touched), (Counters{.cancelled = 1}));
}

TEST_P(BrokerConformance, TheFlagsOfAJobMayBeSetTwiceAndEndWithIt) {
  const JobId job = submit(2);
  EXPECT_TRUE(broker.pause(job).has_value());
  EXPECT_TRUE(broker.pause(job).has_value());
  EXPECT_TRUE(broker.resume(job).has_value());
  EXPECT_TRUE(broker.resume(job).has_value());
  EXPECT_TRUE(broker.cancel(job).has_value());
  EXPECT_TRUE(broker.cancel(job).has_value());
  EXPECT_EQ(broker.pause(job).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.resume(job).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.seal(job).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.add_documents(chunk(job, 2, {"c"})).error().code, ErrorCode::conflict);
  for (const Status& answer :
       {broker.pause(JobId{"unknown"}), broker.resume(JobId{"unknown"}), broker.cancel(JobId{"unknown"})}) {
    EXPECT_EQ(answer.error().code, ErrorCode::not_found);
  }
}

TEST_P(BrokerConformance, APausedJobThatFinishesCannotBePausedAndIsPausedAgainWhenRetried) {
  const JobId job = submit(1);
  const Lease running = lease_one(1);
  ASSERT_TRUE(broker.pause(job).has_value());
  commit({failed(running, false)});
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_EQ(broker.pause(job).error().code, ErrorCode::conflict);
  EXPECT_EQ(*broker.retry_failed(next_request(), job, 1), 1U);
  EXPECT_EQ(status(job).state, JobState::paused);
  EXPECT_THAT(lease(1), IsEmpty());
  ASSERT_TRUE(broker.resume(job).has_value());
  EXPECT_THAT(lease(1), SizeIs(1));
}

TEST_P(BrokerConformance, AnOpenJobMayBePausedAndStaysSoWhenSealed) {
  const JobId job = broker.create({.id = next_request(), .spec = ocr()})->job;
  ASSERT_TRUE(broker.pause(job).has_value());
  ASSERT_TRUE(broker.add_documents(chunk(job, 0, {"a"})).has_value());
  EXPECT_EQ(status(job).state, JobState::open);
  ASSERT_TRUE(broker.seal(job).has_value());
  EXPECT_EQ(status(job).state, JobState::paused);
  EXPECT_THAT(lease(1), IsEmpty());
}

// ---- Promise 9: repetition

TEST_P(BrokerConformance, Promise9_ARepeatedCreateGivesTheFirstAnswer) {
  const CreateJob request{.id = {.client = "c", .sequence = 1}, .spec = ocr()};
  const JobId job = broker.create(request)->job;
  ASSERT_TRUE(broker.add_documents(chunk(job, 0, {"a"})).has_value());
  const Result<CreatedJob> again = broker.create(request);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->job, job);
  EXPECT_FALSE(again->existed);
  EXPECT_EQ(again->documents, 0U);
  EXPECT_EQ(broker.stats().jobs, 1U);
}

TEST_P(BrokerConformance, Promise9_ARepeatedExchangeGivesTheSameLeasesAndCommitsNothingTwice) {
  const JobId job = submit(10);
  const Lease first = lease_one(3);
  Completion unknown = done(first);
  unknown.token = Token{123'456'789};
  const Exchange request{.id = {.client = "c", .sequence = 1},
                         .node = NodeId{"n"},
                         .completions = {done(first, 0), unknown, failed(first, true, 1)},
                         .want = 4,
                         .offers = {}};
  const ExchangeReply once = *broker.exchange(request);
  const ExchangeReply twice = *broker.exchange(request);
  EXPECT_THAT(once.stale, ElementsAre(1U));
  EXPECT_EQ(twice.stale, once.stale);
  EXPECT_EQ(twice.more, once.more);
  ASSERT_THAT(twice.leases, SizeIs(1));
  EXPECT_EQ(twice.leases[0].token, once.leases[0].token);
  EXPECT_EQ(twice.leases[0].expires_at, once.leases[0].expires_at);
  EXPECT_EQ(indexes(twice.leases[0]), indexes(once.leases[0]));
  EXPECT_EQ(twice.leases[0].tasks[0].document, once.leases[0].tasks[0].document);
  EXPECT_EQ(counters(job), (Counters{.waiting = 3, .leased = 5, .retrying = 1, .done = 1}));
  EXPECT_EQ(task(job, 1).attempts, 1);
}

TEST_P(BrokerConformance, Promise9_ARepeatedExchangeLeavesOutLeasesThatHaveEnded) {
  submit(10);
  const Exchange request{
      .id = {.client = "c", .sequence = 1}, .node = NodeId{"n"}, .completions = {}, .want = 4, .offers = {}};
  const Lease lease = broker.exchange(request)->leases.at(0);
  commit({done(lease, 1), failed(lease, false, 3)});
  EXPECT_THAT(indexes(broker.exchange(request)->leases.at(0)), ElementsAre(0U, 2U));
  clock.advance(lease_time);
  EXPECT_THAT(broker.exchange(request)->leases, IsEmpty());
}

TEST_P(BrokerConformance, Promise9_ARepeatedRetryGivesTheFirstAnswer) {
  const JobId job = submit(3);
  const Lease all = lease_one(3);
  commit({failed(all, false, 0), failed(all, false, 1), failed(all, false, 2)});
  const RequestId id{.client = "c", .sequence = 1};
  EXPECT_EQ(*broker.retry_failed(id, job, 2), 2U);
  EXPECT_EQ(*broker.retry_failed(id, job, 2), 2U);
  EXPECT_EQ(counters(job), (Counters{.waiting = 2, .failed = 1}));
}

TEST_P(BrokerConformance, Promise9_AnErrorIsRepeatedLikeAnyAnswer) {
  JobSpec spec = ocr();
  spec.idempotency_key = "key";
  spec.body_digest = "one";
  const JobId job = submit(1, spec);
  spec.body_digest = "two";
  const CreateJob request{.id = {.client = "c", .sequence = 1}, .spec = spec};
  EXPECT_EQ(broker.create(request).error().code, ErrorCode::conflict);
  ASSERT_TRUE(broker.cancel(job).has_value());
  remove(job);
  EXPECT_EQ(broker.create(request).error().code, ErrorCode::conflict);
}

TEST_P(BrokerConformance, Promise9_AnEarlierNumberOrAnotherKindOfCallIsAConflict) {
  const JobId job = submit(3);
  const auto exchange_as = [&](std::uint64_t sequence) {
    return broker.exchange(
        {.id = {.client = "c", .sequence = sequence}, .node = NodeId{"n"}, .completions = {}, .want = 1, .offers = {}});
  };
  ASSERT_TRUE(exchange_as(5).has_value());
  EXPECT_EQ(exchange_as(4).error().code, ErrorCode::conflict);
  EXPECT_EQ(broker.retry_failed({.client = "c", .sequence = 5}, job, 1).error().code, ErrorCode::conflict);
  EXPECT_TRUE(exchange_as(9).has_value());
  EXPECT_EQ(counters(job), (Counters{.waiting = 1, .leased = 2}));
}

TEST_P(BrokerConformance, Promise9_AClientIsForgottenAnHourAfterItsLastCall) {
  const CreateJob request{.id = {.client = "c", .sequence = 1}, .spec = ocr()};
  const JobId job = broker.create(request)->job;
  clock.advance(std::chrono::minutes(60) - Millis{1});
  EXPECT_EQ(broker.create(request)->job, job);
  clock.advance(Millis{1});
  EXPECT_NE(broker.create(request)->job, job);
}

TEST_P(BrokerConformance, Promise9_ACallWithoutAClientIsNeverARepetition) {
  const JobId one = broker.create({.id = {}, .spec = ocr()})->job;
  const JobId two = broker.create({.id = {}, .spec = ocr()})->job;
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace docmill::test
