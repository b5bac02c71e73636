// Histories made by hand, good and bad: each violation is found, and what is no violation is not.
#include "broker/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace docmill {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using enum Violation;
using Answer = RecordedCall::Answer;

// A history and the end of it, told call by call: each is asked after the one before was answered.
class Story {
 public:
  static constexpr const char* job = "job-a";

  Story() {
    history.processes = {{"p0", "clock", "host", 1}, {"p1", "clock", "host", 2}, {"p2", "other clock", "host", 3}};
  }

  RecordedCall& call(Ask ask, const std::string& of = job, std::size_t process = 0) {
    RecordedCall call;
    call.ask = ask;
    call.process = process;
    call.job.value = of;
    call.answer = Answer::yes;
    call.asked = std::chrono::nanoseconds(++tick_);
    call.answered = std::chrono::nanoseconds(++tick_);
    call.asked_at = {"history", ++line_};
    call.answered_at = {"history", ++line_};
    history.calls.push_back(call);
    return history.calls.back();
  }

  // A job of documents "d0", "d1", …: created, filled, sealed.
  void submit(std::uint64_t number) {
    auto& create = call(Ask::create);
    create.retry = RetryPolicy{};
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < number; ++i) {
      names.push_back("d" + std::to_string(i));
      TaskInfo task;
      task.index = i;
      task.document = names.back();
      end.tasks.push_back(task);
    }
    auto& add = call(Ask::add_documents);
    add.number = number;
    add.names = digest_of(std::span<const std::string>(names));
    call(Ask::seal);
    end.status.id.value = job;
    end.status.state = JobState::finished;
    end.status.counters.waiting = number;
  }

  static RecordedTask task(std::uint64_t index, int attempt = 1, int deliveries = 0) {
    return {TaskRef{index, 0}, TaskKind::document, attempt, deliveries};
  }

  RecordedCall& lease(std::uint64_t token, std::vector<RecordedTask> tasks, std::size_t process = 0) {
    auto& exchange = call(Ask::exchange, "", process);
    exchange.leases.push_back({Token{token}, JobId{job}, std::move(tasks)});
    return exchange;
  }

  static RecordedCompletion done(std::uint64_t token, std::uint64_t index, const std::string& digest = "result") {
    RecordedCompletion completion;
    completion.token.value = token;
    completion.ref.index = index;
    completion.digest = digest;
    completion.pages = 1;
    return completion;
  }
  static RecordedCompletion failed(std::uint64_t token, std::uint64_t index) {
    RecordedCompletion completion;
    completion.token.value = token;
    completion.ref.index = index;
    completion.kind = Completion::Kind::failed;
    return completion;
  }

  RecordedCall& commit(std::vector<RecordedCompletion> completions, std::size_t process = 0) {
    auto& exchange = call(Ask::exchange, "", process);
    exchange.completions = std::move(completions);
    return exchange;
  }

  // What the broker shows in the end of that document.
  void ends_done(std::uint64_t index, const std::string& digest = "result") {
    ends(index, TaskState::done);
    end.results.push_back({index, Outcome::ok, digest});
    ++end.status.pages;
  }
  void ends(std::uint64_t index, TaskState state) {
    end.tasks.at(index).state = state;
    auto& counters = end.status.counters;
    --counters.waiting;
    if (state == TaskState::done) ++counters.done;
    if (state == TaskState::failed) ++counters.failed;
    if (state == TaskState::cancelled) ++counters.cancelled;
  }

  AuditReport audit() const { return docmill::audit(history, {end}); }
  std::vector<Violation> violations() const {
    std::vector<Violation> found;
    for (const auto& finding : audit().findings) found.push_back(finding.violation);
    return found;
  }

  History history;
  JobInTheEnd end;

 private:
  std::int64_t tick_ = 0;
  std::size_t line_ = 0;
};

// Two documents, leased together and done, each by its own exchange.
Story two_documents() {
  Story story;
  story.submit(2);
  story.lease(7, {Story::task(0), Story::task(1)});
  story.commit({Story::done(7, 0)});
  story.ends_done(0);
  story.commit({Story::done(7, 1, "other")}, 1);
  story.ends_done(1, "other");
  return story;
}

TEST(Audit, FindsNothingWrongWithAGoodHistory) {
  const auto report = two_documents().audit();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.figures.accepted, 2U);
  EXPECT_EQ(report.figures.leased, 2U);
  EXPECT_EQ(report.figures.unanswered, 0U);
}

TEST(Audit, EveryViolationHasANameAndAPromise) {
  EXPECT_EQ(info_of(job_lost).name, "job_lost");
  EXPECT_EQ(info_of(answer_changed).promise, 9);
}

TEST(Audit, NamesThePromiseTheJobTheDocumentAndTheLines) {
  auto story = two_documents();
  story.end.results[0].digest = "forged";
  const auto report = story.audit();
  ASSERT_EQ(report.findings.size(), 1U);
  const auto& finding = report.findings[0];
  EXPECT_EQ(info_of(finding.violation).promise, 2);
  EXPECT_EQ(finding.job.value, Story::job);
  EXPECT_EQ(finding.index, 0U);
  EXPECT_EQ(finding.document, "d0");
  ASSERT_EQ(finding.lines.size(), 1U);
  EXPECT_EQ(finding.lines[0].file, "history");
  EXPECT_EQ(finding.lines[0].line, story.history.calls[4].asked_at.line);
}

// -- Promise 1

TEST(Audit, FindsALostJob) {
  auto story = two_documents();
  const auto report = audit(story.history, {});
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].violation, job_lost);
}

TEST(Audit, AJobThatMayHaveBeenRemovedIsNotLost) {
  auto story = two_documents();
  story.call(Ask::remove).answer = Answer::none;
  EXPECT_THAT(audit(story.history, {}).findings, IsEmpty());
}

TEST(Audit, AJobThatIsKeptForATimeOnlyIsNotLost) {
  auto story = two_documents();
  story.history.calls[0].result_ttl = Millis(1'000);
  EXPECT_THAT(audit(story.history, {}).findings, IsEmpty());
}

TEST(Audit, AJobWhoseCreationWasNotAcknowledgedIsNotLost) {
  Story story;
  story.call(Ask::create).answer = Answer::lost;
  EXPECT_THAT(audit(story.history, {}).findings, IsEmpty());
}

TEST(Audit, FindsALostSeal) {
  auto story = two_documents();
  story.end.status.state = JobState::open;
  EXPECT_THAT(story.violations(), ElementsAre(seal_lost));
}

TEST(Audit, FindsLostDocuments) {
  auto story = two_documents();
  auto& more = story.call(Ask::add_documents);
  more.first = 2;
  more.number = 5;
  EXPECT_THAT(story.violations(), ElementsAre(documents_lost));
  story.history.calls.back().answer = Answer::lost;
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, FindsChangedNames) {
  auto story = two_documents();
  std::swap(story.end.tasks[0].document, story.end.tasks[1].document);
  EXPECT_THAT(story.violations(), ElementsAre(names_changed));
}

TEST(Audit, NamesThatWereThereBeforeStay) {
  auto story = two_documents();
  auto& again = story.call(Ask::add_documents);
  again.first = 1;
  again.number = 1;
  again.names = "others";
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, FindsThatDocumentsAreNotDoneAnyMore) {
  auto story = two_documents();
  story.call(Ask::status).counters.done = 3;
  EXPECT_THAT(story.violations(), ElementsAre(done_went_back));
}

TEST(Audit, FindsALostResult) {
  auto story = two_documents();
  story.end.results.pop_back();
  story.end.tasks[1].state = TaskState::failed;
  story.end.status.counters = Counters{0, 0, 0, 1, 1, 0};
  EXPECT_THAT(story.violations(), ElementsAre(result_lost));
}

TEST(Audit, AResultWhoseAcknowledgementWasLostMayBeLost) {
  auto story = two_documents();
  story.history.calls.back().answer = Answer::none;
  EXPECT_THAT(story.violations(), IsEmpty()) << "it may have happened";
  story.end.results.pop_back();
  story.end.tasks[1].state = TaskState::failed;
  story.end.status.counters = Counters{0, 0, 0, 1, 1, 0};
  story.end.status.pages = 1;
  EXPECT_THAT(story.violations(), IsEmpty()) << "it may not have happened";
}

// -- Promise 2

TEST(Audit, FindsTwoAcceptedResults) {
  auto story = two_documents();
  story.lease(8, {Story::task(0)}, 2);
  story.commit({Story::done(8, 0)}, 2);
  ++story.end.status.pages;
  EXPECT_THAT(story.violations(), Contains(committed_twice));
}

TEST(Audit, FindsTwoCompletionsUnderOneLease) {
  auto story = two_documents();
  auto release = Story::done(7, 0);
  release.kind = Completion::Kind::released;
  release.pages = 0;
  story.commit({release});
  EXPECT_THAT(story.violations(), ElementsAre(committed_twice));
}

TEST(Audit, OfTwoLeasesOfATaskTheFirstCommitWins) {
  auto story = two_documents();
  auto& hedge = story.lease(8, {Story::task(1)});
  hedge.asked = story.history.calls[3].asked;  // while the first lease was held
  story.commit({Story::done(8, 1)}).stale = {0};
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, FindsTwoResultsOfADocument) {
  auto story = two_documents();
  story.end.results.push_back(story.end.results.front());
  EXPECT_THAT(story.violations(), ElementsAre(books_do_not_balance, listed_twice));
}

TEST(Audit, FindsAResultOfNobody) {
  auto story = two_documents();
  story.history.calls.back().stale = {0};
  story.end.status.pages = 1;
  EXPECT_THAT(story.violations(), ElementsAre(result_of_nobody));
}

TEST(Audit, FindsAChangedResult) {
  auto story = two_documents();
  story.end.results[1].digest = "result";
  EXPECT_THAT(story.violations(), ElementsAre(result_changed));
}

TEST(Audit, FindsATokenGivenTwice) {
  auto story = two_documents();
  story.lease(7, {Story::task(1)}, 2);
  EXPECT_THAT(story.violations(), ElementsAre(token_given_twice));
}

TEST(Audit, FindsATokenOfNobody) {
  auto story = two_documents();
  story.commit({Story::done(99, 1)});
  EXPECT_THAT(story.violations(), ElementsAre(token_of_nobody));
  story.history.calls.back().stale = {0};
  EXPECT_THAT(story.violations(), IsEmpty());
}

// One document, whose first lease ended without a completion; the second one's node does it.
Story second_delivery() {
  Story story;
  story.submit(1);
  story.lease(1, {Story::task(0)});
  story.lease(2, {Story::task(0, 1, 1)}, 1);
  return story;
}

TEST(Audit, FindsACompletionUnderASupersededLease) {
  auto story = second_delivery();
  story.commit({Story::done(1, 0)});
  story.ends_done(0);
  EXPECT_THAT(story.violations(), ElementsAre(stale_accepted));
}

TEST(Audit, JudgesNoOrderBetweenDifferentClocks) {
  auto story = second_delivery();
  story.commit({Story::done(1, 0)}, 2);
  story.ends_done(0);
  EXPECT_THAT(story.violations(), IsEmpty());
  EXPECT_THAT(story.audit().remarks, Contains(HasSubstr("do not share one clock")));
}

TEST(Audit, ALateCompletionThatIsRefusedIsRight) {
  auto story = second_delivery();
  story.commit({Story::done(1, 0)}).stale = {0};
  story.commit({Story::done(2, 0)}, 1);
  story.ends_done(0);
  EXPECT_THAT(story.violations(), IsEmpty());
  EXPECT_EQ(story.audit().figures.refused, 1U);
}

TEST(Audit, FindsACompletionUnderALeaseThatWasToldLost) {
  Story story;
  story.submit(1);
  story.lease(1, {Story::task(0)});
  story.call(Ask::renew, "").lost = {Token{1}};
  story.commit({Story::done(1, 0)});
  story.ends_done(0);
  EXPECT_THAT(story.violations(), ElementsAre(stale_accepted));
}

TEST(Audit, FindsACompletionUnderALeaseThatWasRefusedBefore) {
  Story story;
  story.submit(1);
  story.lease(1, {Story::task(0)});
  story.commit({Story::done(1, 0)}).stale = {0};
  story.commit({Story::done(1, 0)});
  story.ends_done(0);
  EXPECT_THAT(story.violations(), ElementsAre(stale_accepted));
}

TEST(Audit, ARepeatedRequestIsJudgedByItsFirstCall) {
  Story story;
  story.submit(1);
  story.lease(1, {Story::task(0)});
  const auto commit = [&] {
    auto& exchange = story.commit({Story::done(1, 0)});
    exchange.id = RequestId{"node", 2};
    return &exchange;
  };
  commit()->answer = Answer::lost;
  story.call(Ask::renew, "").lost = {Token{1}};  // the lease had ended with the commit that was not answered
  commit();
  story.ends_done(0);
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, FindsALeaseOfADocumentThatIsDone) {
  auto story = two_documents();
  story.lease(8, {Story::task(0)});
  EXPECT_THAT(story.violations(), ElementsAre(leased_when_done));
}

// -- Promise 3

TEST(Audit, FindsBooksThatDoNotBalance) {
  auto story = two_documents();
  story.end.status.counters.failed = 1;
  EXPECT_THAT(story.violations(), ElementsAre(books_do_not_balance));
}

TEST(Audit, FindsAWrongCountOfPartialDocuments) {
  auto story = two_documents();
  story.end.status.partial = 1;
  EXPECT_THAT(story.violations(), ElementsAre(books_do_not_balance));
}

TEST(Audit, FindsAWrongCountOfPages) {
  auto story = two_documents();
  story.end.status.pages = 3;
  EXPECT_THAT(story.violations(), ElementsAre(pages_do_not_balance));
}

// -- Promise 4

TEST(Audit, FindsTooManyAttempts) {
  Story story;
  story.submit(1);
  for (std::uint64_t attempt = 1; attempt <= 4; ++attempt) {
    story.lease(attempt, {Story::task(0, static_cast<int>(attempt))});
    story.commit({Story::failed(attempt, 0)});
  }
  story.ends(0, TaskState::failed);
  story.end.tasks[0].attempts = 4;
  EXPECT_THAT(story.violations(), ElementsAre(too_many_attempts, too_many_attempts))
      << "the broker's own count, and the fourth lease";
}

TEST(Audit, FindsFailuresThatAreNotCounted) {
  Story story;
  story.submit(1);
  for (std::uint64_t token = 1; token <= 27; ++token) {
    story.lease(token, {Story::task(0, 1, static_cast<int>(token) % 10)});
    story.commit({Story::failed(token, 0)});
  }
  story.ends(0, TaskState::failed);
  EXPECT_THAT(story.violations(), Contains(too_many_attempts));
}

TEST(Audit, ARetryByHandGivesFreshAttempts) {
  Story story;
  story.submit(1);
  std::uint64_t token = 0;
  for (int life = 0; life < 2; ++life) {
    for (int attempt = 1; attempt <= 3; ++attempt) {
      story.lease(++token, {Story::task(0, attempt)});
      story.commit({Story::failed(token, 0)});
    }
    if (life == 0) story.call(Ask::retry_failed).number = 1;
  }
  story.ends(0, TaskState::failed);
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, FindsTooManyDeliveries) {
  auto story = two_documents();
  story.lease(8, {Story::task(1, 1, 10)}).asked = std::chrono::nanoseconds(0);
  story.end.tasks[0].deliveries = 11;
  EXPECT_THAT(story.violations(), ElementsAre(too_many_deliveries, too_many_deliveries));
}

// -- Promise 6

TEST(Audit, FindsALeaseAfterCancel) {
  Story story;
  story.submit(1);
  story.call(Ask::cancel);
  story.lease(1, {Story::task(0)}, 1);
  story.ends(0, TaskState::cancelled);
  EXPECT_THAT(story.violations(), ElementsAre(leased_when_stopped));
}

TEST(Audit, FindsALeaseAfterPauseButNotAfterResume) {
  auto story = two_documents();
  story.call(Ask::pause);
  story.lease(8, {Story::task(1)}).leases[0].tasks.clear();
  EXPECT_THAT(story.violations(), ElementsAre(leased_when_stopped));
  story.history.calls.pop_back();
  story.call(Ask::resume).answer = Answer::lost;
  story.lease(8, {Story::task(1)}).leases[0].tasks.clear();
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, ALeaseThatWasAskedForBeforeThePauseIsRight) {
  auto story = two_documents();
  auto& exchange = story.lease(8, {Story::task(1)});
  exchange.leases[0].tasks.clear();
  exchange.answered += std::chrono::nanoseconds(10);
  story.call(Ask::pause);
  EXPECT_THAT(story.violations(), IsEmpty());
}

TEST(Audit, FindsACompletionAcceptedAfterCancel) {
  Story story;
  story.submit(1);
  story.lease(1, {Story::task(0)});
  story.call(Ask::cancel);
  story.commit({Story::failed(1, 0)});
  story.ends(0, TaskState::cancelled);
  EXPECT_THAT(story.violations(), ElementsAre(accepted_when_cancelled));
}

// -- Promise 9

TEST(Audit, FindsTwoJobsForOneKey) {
  auto story = two_documents();
  story.history.calls[0].key = "key";
  story.call(Ask::create, "job-b").key = "key";
  const auto report = story.audit();
  std::vector<Violation> found;
  for (const auto& finding : report.findings) found.push_back(finding.violation);
  EXPECT_THAT(found, ElementsAre(job_lost, submitted_twice));
}

TEST(Audit, FindsTwoBodiesForOneKey) {
  auto story = two_documents();
  story.history.calls[0].key = "key";
  auto& again = story.call(Ask::create);
  again.key = "key";
  EXPECT_THAT(story.violations(), IsEmpty()) << "the same body";
  story.history.calls.back().body = "another";
  EXPECT_THAT(story.violations(), ElementsAre(submitted_twice));
}

TEST(Audit, FindsAChangedAnswer) {
  Story story;
  story.submit(1);
  story.lease(1, {Story::task(0)}).id = RequestId{"node", 1};
  story.lease(1, {Story::task(0)}).id = RequestId{"node", 1};
  story.commit({Story::done(1, 0)});
  story.ends_done(0);
  EXPECT_THAT(story.violations(), IsEmpty()) << "the same leases again";
  story.history.calls[4].leases[0].token = Token{2};
  EXPECT_THAT(story.violations(), ElementsAre(answer_changed));
}

// -- What cannot be judged

TEST(Audit, SaysWhatItCannotJudge) {
  auto story = two_documents();
  story.history.calls.erase(story.history.calls.begin());
  story.end.results[0].digest = "unknown";
  story.history.torn.push_back({"history", 99});
  const auto report = story.audit();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_THAT(report.remarks, ElementsAre(HasSubstr("none of these histories"), HasSubstr("history:99")));
}

TEST(Audit, SaysThatAJobIsNotFinished) {
  Story story;
  story.submit(3);
  story.end.status.state = JobState::running;
  EXPECT_THAT(story.violations(), IsEmpty());
  EXPECT_THAT(story.audit().remarks, ElementsAre(HasSubstr("3 documents are not final")));
}

}  // namespace
}  // namespace docmill
