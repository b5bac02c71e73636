#include "broker/recording_broker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/forwarding_broker.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_coroutine.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;

// Answers as it is told to.
class Puppet final : public test::ForwardingBroker {
 public:
  Puppet() : ForwardingBroker(nullptr) {}
  awaitable<Result<CreatedJob>> create(CreateJob /*request*/) override { co_return CreatedJob{JobId{"job-a"}}; }
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    if (request.want < 0) throw SystemError(SystemError::Kind::unavailable, "gone");
    ExchangeReply reply;
    Lease lease;
    lease.token = Token{7};
    lease.job = JobId{"job-a"};
    LeasedTask task;
    task.ref = TaskRef{3, 2};
    task.kind = TaskKind::part;
    task.attempt = 2;
    task.deliveries = 1;
    lease.tasks.push_back(task);
    reply.leases.push_back(std::move(lease));
    reply.stale = {1};
    co_return reply;
  }
  awaitable<RenewReply> renew(Renew /*request*/) override { co_return RenewReply{{Token{7}}, {}}; }
  awaitable<Status> cancel(JobId /*job*/) override {
    ++cancels;
    co_return Status(fail(ErrorCode::conflict, "it is finished"));
  }

  static inline int cancels = 0;
};

class Recording : public testing::Test {
 protected:
  std::string file() const { return directory_.path() / "history"; }

  RecordingBroker open() { return RecordingBroker(std::make_unique<Puppet>(), clock_, file()); }

  History history() const {
    History history;
    const auto status = read_history(file(), history);
    EXPECT_TRUE(status) << status.error().message;
    return history;
  }

  static Exchange an_exchange() {
    Exchange exchange;
    exchange.id = RequestId{"client", 5};
    exchange.want = 1;
    Completion done;
    done.token = Token{4};
    done.ref = TaskRef{9, 0};
    done.outcome = Outcome::partial;
    done.result = "{}";
    done.pages = 12;
    Completion failed;
    failed.token = Token{4};
    failed.kind = Completion::Kind::failed;
    exchange.completions = {done, failed};
    return exchange;
  }

  test::TempDir directory_;
  test::ManualClock clock_;
  boost::asio::io_context loop_;
};

TEST_F(Recording, WritesCallsAndAnswersThatCanBeReadAgain) {
  auto broker = open();
  static_cast<void>(test::run(loop_, broker.create(CreateJob())));
  static_cast<void>(test::run(loop_, broker.exchange(an_exchange())));
  static_cast<void>(test::run(loop_, broker.renew(Renew())));
  const auto history = this->history();
  ASSERT_EQ(history.processes.size(), 1U);
  EXPECT_EQ(history.processes[0].pid, ::getpid());
  EXPECT_NE(history.processes[0].clock, history.processes[0].name) << "the name of the kernel's clock";
  ASSERT_EQ(history.calls.size(), 3U);
  EXPECT_EQ(history.calls[0].job.value, "job-a");
  EXPECT_EQ(history.calls[0].retry.max_attempts, 3);
  const auto& exchange = history.calls[1];
  EXPECT_EQ(exchange.answer, RecordedCall::Answer::yes);
  EXPECT_EQ(exchange.id.client, "client");
  EXPECT_EQ(exchange.id.sequence, 5U);
  ASSERT_EQ(exchange.completions.size(), 2U);
  EXPECT_EQ(exchange.completions[0].token.value, 4U);
  EXPECT_EQ(exchange.completions[0].ref, (TaskRef{9, 0}));
  EXPECT_EQ(exchange.completions[0].outcome, Outcome::partial);
  EXPECT_EQ(exchange.completions[0].digest, digest_of("{}"));
  EXPECT_EQ(exchange.completions[0].pages, 12U);
  EXPECT_EQ(exchange.completions[1].kind, Completion::Kind::failed);
  EXPECT_EQ(exchange.stale, std::vector<std::size_t>{1});
  ASSERT_EQ(exchange.leases.size(), 1U);
  const auto& task = exchange.leases[0].tasks.at(0);
  EXPECT_EQ(task.ref, (TaskRef{3, 2}));
  EXPECT_EQ(task.kind, TaskKind::part);
  EXPECT_EQ(task.attempt, 2);
  EXPECT_EQ(task.deliveries, 1);
  EXPECT_EQ(history.calls[2].lost, std::vector<Token>{Token{7}});
}

TEST_F(Recording, TellsRefusalsFromLostAnswers) {
  auto broker = open();
  EXPECT_FALSE(test::run(loop_, broker.cancel(JobId{"job-a"})));
  Exchange bad;
  bad.want = -1;
  EXPECT_THROW(static_cast<void>(test::run(loop_, broker.exchange(bad))), SystemError);
  const auto history = this->history();
  ASSERT_EQ(history.calls.size(), 2U);
  EXPECT_EQ(history.calls[0].answer, RecordedCall::Answer::refused);
  EXPECT_EQ(history.calls[1].answer, RecordedCall::Answer::lost);
}

TEST_F(Recording, SeveralProcessesShareAFile) {
  auto one = open();
  auto other = open();
  static_cast<void>(test::run(loop_, one.renew(Renew())));
  static_cast<void>(test::run(loop_, other.renew(Renew())));
  const auto history = this->history();
  EXPECT_EQ(history.processes.size(), 2U);
  ASSERT_EQ(history.calls.size(), 2U);
  EXPECT_NE(history.calls[0].process, history.calls[1].process);
}

TEST_F(Recording, ALineThatADeadProcessLeftUnfinishedHidesNoOther) {
  {
    auto broker = open();
    static_cast<void>(test::run(loop_, broker.renew(Renew())));
  }
  std::ofstream(file(), std::ios::app) << R"({"at":12,"tick":5,"process":"dead","call":1,"ask":"exch)";
  auto next = open();
  static_cast<void>(test::run(loop_, next.renew(Renew())));
  std::ofstream(file(), std::ios::app) << R"({"at":12,"tick":5,"pro)";
  const auto history = this->history();
  EXPECT_EQ(history.calls.size(), 2U);
  EXPECT_EQ(history.processes.size(), 2U) << "the second one's first line stands behind the unfinished one";
  EXPECT_EQ(history.torn.size(), 2U);
}

TEST_F(Recording, ACallThatCannotBeWrittenDownIsNotMade) {
  EXPECT_THROW(RecordingBroker(std::make_unique<Puppet>(), clock_, "/dev/full"), SystemError);
  auto broker = open();
  Puppet::cancels = 0;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit full{std::filesystem::file_size(file()), limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &full);
  EXPECT_THROW(static_cast<void>(test::run(loop_, broker.cancel(JobId{"job-a"}))), SystemError);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(Puppet::cancels, 0);
}

TEST_F(Recording, AFileThatCannotBeOpenedIsMisconfigured) {
  try {
    RecordingBroker(std::make_unique<Puppet>(), clock_, "/nowhere/history");
    FAIL() << "it must throw";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.kind(), SystemError::Kind::misconfigured);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/history"));
  }
}

TEST_F(Recording, WhatIsNoHistoryIsSaidSo) {
  History history;
  EXPECT_EQ(read_history(file(), history).error().code, ErrorCode::not_found);
  std::ofstream(file()) << "hello\n";
  EXPECT_EQ(read_history(file(), history).error().code, ErrorCode::unreadable);
  std::ofstream(file()) << R"({"at":1,"tick":2,"process":"p","call":1,"ask":"dance"})" << "\n";
  const auto status = read_history(file(), history);
  EXPECT_EQ(status.error().code, ErrorCode::unreadable);
  EXPECT_THAT(status.error().message, HasSubstr("history:1"));
}

}  // namespace
}  // namespace docmill
