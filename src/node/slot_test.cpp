#include "node/slot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "node/page_cache.hpp"
#include "runtime/task_group.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;

// What a worker was told, and what it is to say.
struct Script {
  explicit Script(const asio::any_io_executor& loop) : changed(loop) {}
  void say(WorkerEvent event) {
    events.push_back(std::move(event));
    changed.notify();
  }

  Event changed;
  std::vector<WorkerEvent> events;
  std::vector<std::uint64_t> tasks;
  std::vector<Error> lost_pages;  // of the last of them
  int answers = 0;
  std::vector<EntryAnswer> entries;
  bool killed = false;
};

class ScriptedWorker final : public Worker {
 public:
  explicit ScriptedWorker(Script& script) : script_(script) {}
  void send(const protocol::Task& task, std::vector<Descriptor> /*descriptors*/) override {
    script_.tasks.push_back(task.id);
    script_.lost_pages = task.lost_pages;
  }
  void send_artifact(Descriptor /*file*/) override { ++script_.answers; }
  void send_entry(EntryAnswer answer) override { script_.entries.push_back(std::move(answer)); }
  void kill() override { script_.killed = true; }
  int pid() const override { return 0; }
  asio::awaitable<std::vector<WorkerEvent>> events() override {
    while (script_.events.empty()) co_await script_.changed.wait();
    co_return std::exchange(script_.events, {});
  }

 private:
  Script& script_;
};

class ScriptedPool final : public WorkerPool {
 public:
  explicit ScriptedPool(const asio::any_io_executor& loop) : loop_(loop) {}
  asio::awaitable<std::unique_ptr<Worker>> acquire(WorkerSpec /*spec*/) override {
    co_return std::make_unique<ScriptedWorker>(scripts.emplace_back(loop_));
  }
  void expect(const WorkerSpec& /*spec*/, int /*count*/) override {}
  void give_back(std::unique_ptr<Worker> /*worker*/, const WorkerSpec& /*spec*/) override { ++given_back; }
  void task_succeeded() override {}
  void tick() override {}
  int processes() const override { return 0; }
  asio::awaitable<void> close() override { co_return; }

  std::list<Script> scripts;  // of each worker that was acquired
  int given_back = 0;

 private:
  const asio::any_io_executor loop_;
};

// For a pipeline that leaves no outputs.
class NoStore final : public ArtifactStore {
 public:
  Status check(const ArtifactOwner& /*owner*/) override { return {}; }
  Result<Descriptor> create(const ArtifactOwner& /*owner*/, std::string_view /*name*/) override { return none(); }
  asio::awaitable<Status> publish(ArtifactOwner /*owner*/, std::vector<std::string> /*names*/,
                                  std::string /*record*/) override {
    co_return none();
  }
  void discard(const ArtifactOwner& /*owner*/) override {}
  asio::awaitable<Result<Descriptor>> open(ArtifactOwner /*owner*/, std::string /*name*/) override { co_return none(); }
  asio::awaitable<void> remove_parts(ArtifactOwner /*owner*/) override { co_return; }
  asio::awaitable<Status> remove_job(JobId /*job*/) override { co_return Status(); }

 private:
  static Error none() { return fail(ErrorCode::internal, "there are no outputs here"); }
};

// Publishes only when it is told to.
class SlowStore final : public ArtifactStore {
 public:
  explicit SlowStore(const asio::any_io_executor& loop) : may_go_on_(loop) {}
  void go_on() { may_go_on_.notify(); }

  Status check(const ArtifactOwner& /*owner*/) override { return {}; }
  Result<Descriptor> create(const ArtifactOwner& /*owner*/, std::string_view /*name*/) override { return Descriptor(); }
  asio::awaitable<Status> publish(ArtifactOwner /*owner*/, std::vector<std::string> /*names*/,
                                  std::string /*record*/) override {
    ++publications;
    co_await may_go_on_.wait();
    co_return Status();
  }
  int publications = 0;  // begun
  void discard(const ArtifactOwner& /*owner*/) override {}
  asio::awaitable<Result<Descriptor>> open(ArtifactOwner /*owner*/, std::string /*name*/) override {
    co_return Descriptor();
  }
  asio::awaitable<void> remove_parts(ArtifactOwner /*owner*/) override { co_return; }
  asio::awaitable<Status> remove_job(JobId /*job*/) override { co_return Status(); }

 private:
  Event may_go_on_;
};

class SlotTest : public testing::Test {
 protected:
  static constexpr Token token{1};

  SlotTest() { options_.isolation = Isolation::worker; }
  ~SlotTest() override {
    group_.cancel();
    loop_.poll();
  }

  void lease(std::uint64_t count, Token of = token) {
    Lease lease;
    lease.token = of;
    lease.spec = spec_;
    for (std::uint64_t i = 0; i < count; ++i) {
      LeasedTask& task = lease.tasks.emplace_back();
      task.ref.index = i;
      task.attempt = 1;
      task.document = "/proc/self/exe";  // for pipelines that open it
    }
    ledger_.add(std::move(lease));
  }

  void start() {
    pace_.tasks_took(1000, std::chrono::microseconds(1000));  // tiny ones: they are sent ahead
    group_.spawn(slot_.run());
    loop_.poll();
  }

  void say(std::size_t worker, WorkerEvent event) {
    std::next(pool_.scripts.begin(), static_cast<std::ptrdiff_t>(worker))->say(std::move(event));
    loop_.restart();
    loop_.poll();
  }

  static protocol::TaskResult result(std::uint64_t id) {
    protocol::TaskResult result;
    result.id = id;
    return result;
  }

  std::vector<Completion::Kind> completions() {
    std::vector<Completion::Kind> kinds;
    for (const auto& finished : ledger_.next_batch(100)) kinds.push_back(finished.completion.kind);
    return kinds;
  }

  asio::io_context loop_;
  test::ManualClock clock_;
  NodeOptions options_;
  NoStore store_;
  ScriptedPool pool_{loop_.get_executor()};
  Ledger ledger_;
  Pace pace_;
  NodeObserver observer_;
  Event changed_{loop_.get_executor()};
  int slots_ = 1;
  std::shared_ptr<const JobSpec> spec_ = [] {
    JobSpec spec;
    spec.pipeline = "noop";
    return std::make_shared<const JobSpec>(std::move(spec));
  }();
  const ExecutionContext execution_{options_, store_, clock_};
  SlotContext context_{execution_, pool_, ledger_, pace_, observer_, changed_, slots_};
  Slot slot_{context_};
  TaskGroup group_{loop_.get_executor()};
};

using Kind = Completion::Kind;

TEST_F(SlotTest, GivesAWorkerBackThatHasNothingToDo) {
  lease(1);
  start();
  say(0, result(1));
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::done));
  EXPECT_EQ(pool_.given_back, 1);
}

TEST_F(SlotTest, AKilledWorkerWhoseResultWasInTimeIsNotGivenBack) {
  lease(1);
  start();
  slot_.release(token);
  ASSERT_TRUE(pool_.scripts.front().killed);
  say(0, result(1));
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::done));
  EXPECT_EQ(pool_.given_back, 0);
}

TEST_F(SlotTest, AKilledWorkerIsNotToldThatItsOutputWasRefused) {
  lease(1);
  start();
  slot_.release(token);
  say(0, protocol::WantArtifact{1, "txt"});
  EXPECT_EQ(pool_.scripts.front().answers, 0);
  say(0, WorkerGone());
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::released));
}

TEST_F(SlotTest, AWorkerIsGivenAFileForAnEntryAndThenTheEntry) {
  const test::TempDir directory;
  PageCache cache(directory.path().string(), 1 << 20);
  options_.page_cache = &cache;
  lease(1);
  start();
  const auto& answers = pool_.scripts.front().entries;
  const std::string key(64, 'a');
  say(0, protocol::WantEntry{1, key, false});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].found);
  ASSERT_TRUE(answers[0].file);
  EXPECT_EQ(::write(answers[0].file.get(), "text", 4), 4);
  say(0, protocol::KeepEntry{1, std::string(64, 'b')});
  EXPECT_FALSE(cache.find(std::string(64, 'b'))) << "it was given a file for another key";
  say(0, protocol::WantEntry{1, key, false});
  EXPECT_FALSE(answers[1].found) << "what was not kept is not there";
  EXPECT_EQ(::write(answers[1].file.get(), "text", 4), 4);
  say(0, protocol::KeepEntry{1, key});
  say(0, protocol::WantEntry{1, key, false});
  EXPECT_TRUE(answers[2].found);
  say(0, protocol::WantEntry{1, key, true});
  EXPECT_FALSE(answers[3].found);
  EXPECT_TRUE(answers[3].file);
  EXPECT_FALSE(cache.find(key)) << "it was said to be damaged";
  say(0, protocol::WantEntry{1, "../" + key.substr(3), false});
  EXPECT_FALSE(answers[4].file) << "this is no key";
  say(0, protocol::WantEntry{7, key, false});
  EXPECT_FALSE(answers[5].file) << "this is not its task";
  say(0, result(1));
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::done));
}

TEST_F(SlotTest, WithoutACacheAWorkerIsToldSo) {
  lease(1);
  start();
  say(0, protocol::WantEntry{1, std::string(64, 'a'), false});
  ASSERT_EQ(pool_.scripts.front().entries.size(), 1U);
  EXPECT_FALSE(pool_.scripts.front().entries.front().file);
}

TEST_F(SlotTest, WhatWasSentAheadOfAWorkerOutOfMemoryIsRunByAnother) {
  lease(3);
  start();
  ASSERT_EQ(pool_.scripts.front().tasks.size(), 3U);
  auto failed = result(1);
  failed.error = fail(ErrorCode::out_of_memory, "too much");
  say(0, failed);
  WorkerGone gone;
  gone.status = protocol::exit_out_of_memory << 8;
  say(0, gone);
  ASSERT_EQ(pool_.scripts.size(), 2U);
  const std::vector<std::uint64_t> again = pool_.scripts.back().tasks;
  ASSERT_EQ(again.size(), 2U);
  for (const auto id : again) say(1, result(id));
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::failed, Kind::done, Kind::done));
}

protocol::Progress at_page(std::uint64_t id, int page, int finished) {
  protocol::Progress progress;
  progress.id = id;
  progress.pages = 3;
  progress.finished = finished;
  progress.page = page;
  return progress;
}

TEST_F(SlotTest, APageThatCostsItsWorkerIsLeftOutByTheNext) {
  lease(1);
  start();
  say(0, at_page(1, 12, 1));
  clock_.advance(std::chrono::hours(10));
  slot_.supervise();
  ASSERT_TRUE(pool_.scripts.front().killed);
  say(0, WorkerGone());
  EXPECT_TRUE(completions().empty());
  ASSERT_EQ(pool_.scripts.size(), 2U);
  const auto& lost = pool_.scripts.back().lost_pages;
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].code, ErrorCode::timeout);
  EXPECT_EQ(lost[0].page, 12);

  // Another one needs too much memory, as its worker says itself.
  say(1, at_page(2, 13, 2));
  auto failed = result(2);
  failed.error = fail(ErrorCode::out_of_memory, "too much");
  say(1, failed);
  WorkerGone gone;
  gone.status = protocol::exit_out_of_memory << 8;
  say(1, gone);
  ASSERT_EQ(pool_.scripts.size(), 3U);
  ASSERT_EQ(pool_.scripts.back().lost_pages.size(), 2U);
  EXPECT_EQ(pool_.scripts.back().lost_pages[1].page, 13);
  say(2, result(3));
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::done));
}

TEST_F(SlotTest, ACrashAtAPageIsTriedAgainFirst) {
  lease(1);
  start();
  say(0, at_page(1, 2, 1));
  WorkerGone crash;
  crash.status = 11;  // SIGSEGV
  say(0, crash);
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::failed));
}

TEST_F(SlotTest, AWorkerLostAtNoPageInParticularCostsTheTask) {
  lease(1);
  start();
  say(0, at_page(1, 3, 3));  // it writes its outputs
  clock_.advance(std::chrono::hours(10));
  slot_.supervise();
  say(0, WorkerGone());
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::failed));
}

TEST_F(SlotTest, APageThatCostsAWorkerThoughItIsToBeLeftOutCostsTheTask) {
  lease(1);
  start();
  for (std::size_t worker = 0; worker < 2; ++worker) {
    ASSERT_EQ(pool_.scripts.size(), worker + 1);
    say(worker, at_page(worker + 1, 2, 1));
    clock_.advance(std::chrono::hours(10));
    slot_.supervise();
    say(worker, WorkerGone());
  }
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::failed));
}

TEST_F(SlotTest, ATaskSentAheadWhoseLeaseIsLostIsNotBegun) {
  lease(1);
  lease(1, Token{2});
  start();
  ASSERT_EQ(pool_.scripts.front().tasks.size(), 2U);
  ledger_.forget(Token{2});
  slot_.forget(Token{2});
  EXPECT_FALSE(pool_.scripts.front().killed) << "the first task has a lease";
  say(0, result(1));
  EXPECT_TRUE(pool_.scripts.front().killed);
  say(0, WorkerGone());
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::done));
  EXPECT_TRUE(ledger_.waiting() == 0 && ledger_.taken() == 0);
}

// The same, with outputs that are slow to be published.
class SlowlyPublishing : public SlotTest {
 protected:
  SlowlyPublishing() {
    JobSpec spec;
    spec.pipeline = "ocr";
    spec_ = std::make_shared<const JobSpec>(std::move(spec));
  }
  ~SlowlyPublishing() override {
    group_.cancel();
    loop_.restart();
    loop_.poll();
  }

  void begin() {
    group_.spawn(slow_slot_.run());
    loop_.poll();
  }
  void publish() {
    slow_store_.go_on();
    loop_.restart();
    loop_.poll();
  }

  SlowStore slow_store_{loop_.get_executor()};
  const ExecutionContext slow_execution_{options_, slow_store_, clock_};
  SlotContext slow_context_{slow_execution_, pool_, ledger_, pace_, observer_, changed_, slots_};
  Slot slow_slot_{slow_context_};
};

TEST_F(SlowlyPublishing, WhatIsBeingPublishedIsUnderNoClockAndIsDoneWhenItIs) {
  lease(1);
  begin();
  say(0, result(1));
  EXPECT_TRUE(completions().empty());
  clock_.advance(std::chrono::hours(10));
  slow_slot_.supervise();
  EXPECT_FALSE(pool_.scripts.front().killed);
  publish();
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::done));
}

TEST_F(SlowlyPublishing, WhatIsWithItsWorkerIsUnderItsClock) {
  lease(1);
  begin();
  clock_.advance(std::chrono::hours(10));
  slow_slot_.supervise();
  EXPECT_TRUE(pool_.scripts.front().killed);
  say(0, WorkerGone());
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::failed));
}

TEST_F(SlowlyPublishing, TheRecordOfAFailureWaitsUntilTheFailureIsAccepted) {
  lease(1);
  begin();
  auto failed = result(1);
  failed.error = fail(ErrorCode::encrypted, "it needs a password");
  say(0, failed);
  const auto finished = ledger_.next_batch(100);
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(finished[0].completion.kind, Kind::failed);
  EXPECT_THAT(finished[0].failure_record, testing::HasSubstr("it needs a password"));
  EXPECT_EQ(slow_store_.publications, 0);
}

TEST_F(SlowlyPublishing, AFailureThatMayBeRepeatedLeavesNoRecord) {
  lease(1);
  begin();
  auto failed = result(1);
  failed.error = fail(ErrorCode::crashed, "it died");
  failed.retryable = true;
  say(0, failed);
  const auto finished = ledger_.next_batch(100);
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(finished[0].failure_record, "");
}

TEST_F(SlowlyPublishing, ALeaseThatIsLostMeanwhileIsNotCommitted) {
  lease(1);
  begin();
  say(0, result(1));
  ledger_.forget(token);
  slow_slot_.forget(token);
  publish();
  EXPECT_TRUE(completions().empty());
  EXPECT_TRUE(ledger_.waiting() == 0 && ledger_.taken() == 0);
}

TEST_F(SlowlyPublishing, WhoeverIsStoppedMeanwhileGivesTheTaskBack) {
  lease(1);
  begin();
  say(0, result(1));
  group_.cancel();
  loop_.restart();
  loop_.poll();
  EXPECT_THAT(completions(), testing::ElementsAre(Kind::released));
}

}  // namespace
}  // namespace docmill
