// A node with real workers and a real queue, and what goes wrong with them: workers that crash, hang, eat memory or
// talk nonsense, fork servers that are killed, jobs that are cancelled in the middle.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "broker/sqlite/sqlite_broker.hpp"
#include "node/node.hpp"
#include "node/tree_artifact_store.hpp"
#include "runtime/timer.hpp"
#include "tests/support/forwarding_broker.hpp"
#include "tests/support/run_coroutine.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/sync_broker.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Witness : public NodeObserver {
 public:
  void task_started(const Lease&, const LeasedTask& task) override {
    ++started;
    if (on_start) on_start(task);
  }
  void task_finished(const Lease&, const LeasedTask& task, const Completion& completion) override {
    completions.emplace_back(task.document, completion);
  }
  void notice(const std::string& message) override { notices.push_back(message); }

  int started = 0;
  std::function<void(const LeasedTask&)> on_start;
  std::vector<std::pair<std::string, Completion>> completions;
  std::vector<std::string> notices;
};

// A broker whose answers get lost on the way: the call is done, the caller never learns.
class ForgetfulBroker final : public test::ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    const bool lost = ++exchanges_ % 2 == 1;
    auto reply = co_await ForwardingBroker::exchange(std::move(request));
    if (lost) throw SystemError(SystemError::Kind::unavailable, "the answer was lost");
    co_return reply;
  }

 private:
  int exchanges_ = 0;
};

// Sees what a node asks for.
class AttentiveBroker final : public test::ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    if (request.want > 0) wants.emplace_back(request.want, request.hedge_after);
    co_return co_await ForwardingBroker::exchange(std::move(request));
  }

  std::vector<std::pair<int, Millis>> wants;
};

// A broker that loses the commit of the first merge: as if its node had died in that moment, the merge waits again.
class MergeLosingBroker final : public test::ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    std::vector<std::size_t> lost;
    for (std::size_t i = 0; i < request.completions.size() && merges == 0; ++i) {
      auto& completion = request.completions[i];
      if (!merging_.contains(completion.token)) continue;
      ++merges;
      completion.kind = Completion::Kind::released;
      lost.push_back(i);
    }
    auto reply = co_await ForwardingBroker::exchange(std::move(request));
    if (!reply) co_return reply;
    reply->stale.insert(reply->stale.end(), lost.begin(), lost.end());
    for (const auto& lease : reply->leases) {
      if (lease.tasks[0].kind == TaskKind::merge) merging_.insert(lease.token);
    }
    co_return reply;
  }

  int merges = 0;  // whose commit was lost

 private:
  std::set<Token> merging_;
};

// A broker whose user cancels the job just before its first failure is committed.
class CancellingBroker final : public test::ForwardingBroker {
 public:
  using ForwardingBroker::ForwardingBroker;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override {
    const auto failed = [](const Completion& completion) { return completion.kind == Completion::Kind::failed; };
    if (std::ranges::any_of(request.completions, failed)) {
      const auto cancelled = co_await cancel(job);
      EXPECT_TRUE(cancelled);
    }
    co_return co_await ForwardingBroker::exchange(std::move(request));
  }

  JobId job;
};

// A store on a disk that is full.
class FullStore final : public ArtifactStore {
 public:
  Status check(const ArtifactOwner&) override { return {}; }
  Result<Descriptor> create(const ArtifactOwner&, std::string_view) override { return full(); }
  asio::awaitable<Status> publish(ArtifactOwner, std::vector<std::string>, std::string) override { co_return full(); }
  void discard(const ArtifactOwner&) override {}
  asio::awaitable<Result<Descriptor>> open(ArtifactOwner, std::string) override { co_return full(); }
  asio::awaitable<void> remove_parts(ArtifactOwner) override { co_return; }
  asio::awaitable<Status> remove_job(JobId) override { co_return full(); }

 private:
  static Error full() { return fail(ErrorCode::output_unavailable, "cannot write /out: No space left on device"); }
};

// Children of this process and theirs, by command name.
std::vector<pid_t> descendants(pid_t of) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(of) + "/task")) {
    std::ifstream children(entry.path() / "children");
    for (pid_t child = 0; children >> child;) {
      found.push_back(child);
      const auto below = descendants(child);
      found.insert(found.end(), below.begin(), below.end());
    }
  }
  return found;
}

class NodeFaults : public testing::Test {
 protected:
  NodeFaults() {
    fs::create_directories(dir_.path() / "out/.docmill");
    SqliteOptions options;
    options.path = dir_.path() / "out/.docmill/queue.db";
    options.durability = SqliteOptions::Durability::normal;
    broker_ = open_sqlite_broker(loop_, clock_, options);
    TreeStoreOptions store;
    store.output = dir_.path() / "out";
    store.state = dir_.path() / "out/.docmill";
    store.path_of = [](const std::string& document) { return fs::path(document).filename().string(); };
    store_ = std::make_unique<TreeArtifactStore>(store);
    options_.worker_executable = DOCMILL_WORKER;
    options_.workers = 2;
    options_.stop_when_idle = true;
  }

  JobId submit(const std::string& options, std::vector<std::string> documents, int max_attempts = 1,
               const std::string& pipeline = "noop") {
    test::SyncBroker broker(loop_, *broker_);
    CreateJob create;
    create.id = RequestId{"test", ++sequence_};
    create.spec.pipeline = pipeline;
    create.spec.options = options;
    create.spec.retry.max_attempts = max_attempts;
    create.spec.retry.backoff_base = 10ms;
    const auto job = broker.create(create);
    for (std::size_t first = 0; first < documents.size(); first += 10'000) {
      AddDocuments add{job->job, first, {}};
      const auto end = std::min(documents.size(), first + 10'000);
      add.names.assign(documents.begin() + static_cast<std::ptrdiff_t>(first),
                       documents.begin() + static_cast<std::ptrdiff_t>(end));
      EXPECT_TRUE(broker.add_documents(add));
    }
    EXPECT_TRUE(broker.seal(job->job));
    return job->job;
  }

  JobStatus status(const JobId& job) { return *test::SyncBroker(loop_, *broker_).status(job); }
  Error error_of(const JobId& job, std::size_t index) {
    return test::SyncBroker(loop_, *broker_).tasks(job, std::nullopt, 0, 100)->tasks.at(index).error;
  }

  void run_node() { run_node(*broker_, *store_); }
  void run_node(Broker& broker, ArtifactStore& store) {
    Node node(loop_, broker, store, clock_, options_, &witness_);
    node_ = &node;
    test::run(loop_, node.run());
    node_ = nullptr;
    EXPECT_EQ(descendants(::getpid()), std::vector<pid_t>()) << "a process was left behind";
  }

  static std::vector<std::string> names(int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back("document-" + std::to_string(i));
    return names;
  }

  test::TempDir dir_;
  asio::io_context loop_;
  SystemClock clock_;
  std::shared_ptr<Broker> broker_;
  std::unique_ptr<TreeArtifactStore> store_;
  NodeOptions options_;
  Witness witness_;
  Node* node_ = nullptr;
  std::uint64_t sequence_ = 0;
};

TEST_F(NodeFaults, RunsEveryTaskInAProcessOfItsOwn) {
  const auto job = submit("{}", names(50));
  run_node();
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_EQ(status(job).counters.done, 50U);
  EXPECT_EQ(witness_.completions.size(), 50U);
}

TEST_F(NodeFaults, RunsWhatASlowNodeHoldsWhenItHasNothingElseToDo) {
  const auto job = submit("{}", names(5));
  test::SyncBroker slow(loop_, *broker_);
  Exchange request;
  request.node = NodeId{"slow"};
  request.want = 3;
  request.lease_time = std::chrono::hours(1);
  const Lease held = slow.exchange(request)->leases.at(0);
  options_.hedge_after = 1ms;
  AttentiveBroker broker(broker_);
  run_node(broker, *store_);
  EXPECT_EQ(status(job).state, JobState::finished);
  EXPECT_EQ(status(job).counters.done, 5U);
  EXPECT_EQ(slow.renew({.node = NodeId{"slow"}, .tokens = {held.token}, .lease_time = 1s}).lost.size(), 1U);
  EXPECT_EQ(broker.wants.front().second, 0ms) << "what waits is asked for first";
  for (const auto& [want, hedge_after] : broker.wants) {
    EXPECT_TRUE(hedge_after == 0ms || want <= options_.workers) << "more than its idle workers can take";
  }
}

TEST_F(NodeFaults, KeepsWorkersForManyTinyTasks) {
  options_.isolation = Isolation::worker;
  const auto job = submit("{}", names(2000));
  run_node();
  EXPECT_EQ(status(job).counters.done, 2000U);
}

TEST_F(NodeFaults, ReplacesWorkersAfterTheirShareOfTasks) {
  options_.isolation = Isolation::worker;
  options_.max_tasks_per_worker = 7;
  const auto job = submit("{}", names(200));
  run_node();
  EXPECT_EQ(status(job).counters.done, 200U);
}

TEST_F(NodeFaults, ACrashCostsOneDocument) {
  for (const auto isolation : {Isolation::document, Isolation::worker}) {
    options_.isolation = isolation;
    const auto job = submit(R"({"fault":"crash","fault_document":"document-7"})", names(30));
    run_node();
    EXPECT_EQ(status(job).counters.done, 29U);
    EXPECT_EQ(status(job).counters.failed, 1U);
    EXPECT_EQ(error_of(job, 7).code, ErrorCode::crashed);
    EXPECT_NE(error_of(job, 7).message.find("signal"), std::string::npos) << error_of(job, 7).message;
  }
}

TEST_F(NodeFaults, ACrashIsTriedAgainAsOftenAsAllowed) {
  const auto job = submit(R"({"fault":"crash"})", {"document-0"}, 3);
  run_node();
  EXPECT_EQ(witness_.started, 3);
  EXPECT_EQ(status(job).counters.failed, 1U);
}

TEST_F(NodeFaults, AHangIsEndedByTheStallClock) {
  options_.stall_timeout = 300ms;
  const auto job = submit(R"({"fault":"hang","fault_document":"document-1"})", names(3));
  run_node();
  EXPECT_EQ(status(job).counters.done, 2U);
  EXPECT_EQ(error_of(job, 1).code, ErrorCode::timeout);
  EXPECT_NE(error_of(job, 1).message.find("no progress for 0.3 s"), std::string::npos) << error_of(job, 1).message;
}

TEST_F(NodeFaults, AHangIsEndedByTheTimeAllowed) {
  options_.task_timeout = 300ms;
  options_.isolation = Isolation::worker;
  const auto job = submit(R"({"fault":"hang","fault_document":"document-7"})", names(20));
  run_node();
  EXPECT_EQ(status(job).counters.done, 19U);
  EXPECT_EQ(error_of(job, 7).code, ErrorCode::timeout);
}

TEST_F(NodeFaults, MemoryOverTheLimitIsToldApartFromACrash) {
  if (test::sanitized) GTEST_SKIP() << "sanitizers handle failed allocations themselves";
  options_.memory_limit = 200U << 20U;
  for (const auto isolation : {Isolation::document, Isolation::worker}) {
    options_.isolation = isolation;
    const auto job = submit(R"({"fault":"allocate","fault_document":"document-7"})", names(30));
    run_node();
    EXPECT_EQ(status(job).counters.done, 29U);
    EXPECT_EQ(error_of(job, 7).code, ErrorCode::out_of_memory) << error_of(job, 7).message;
  }
}

TEST_F(NodeFaults, GarbageFromAWorkerCountsAsACrash) {
  const auto job = submit(R"({"fault":"garbage","fault_document":"document-1"})", names(3));
  run_node();
  EXPECT_EQ(status(job).counters.done, 2U);
  EXPECT_EQ(error_of(job, 1).code, ErrorCode::crashed) << error_of(job, 1).message;
}

TEST_F(NodeFaults, AnExitWithoutAnAnswerCountsAsACrash) {
  const auto job = submit(R"({"fault":"exit","fault_document":"document-1"})", names(3));
  run_node();
  EXPECT_EQ(status(job).counters.done, 2U);
  EXPECT_EQ(error_of(job, 1).code, ErrorCode::crashed);
  EXPECT_NE(error_of(job, 1).message.find("without an answer"), std::string::npos) << error_of(job, 1).message;
}

TEST_F(NodeFaults, SurvivesTheDeathOfItsForkServer) {
  const auto job = submit(R"({"sleep_ms":100})", names(8), 1);
  int killed = 0;
  witness_.on_start = [&](const LeasedTask& task) {
    if (task.ref.index != 3 || killed > 0) return;
    ++killed;
    std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
    pid_t server = 0;
    ASSERT_TRUE(children >> server);
    ASSERT_EQ(::kill(server, SIGKILL), 0);
  };
  run_node();
  EXPECT_EQ(killed, 1);
  EXPECT_EQ(status(job).counters.done, 8U);
}

TEST_F(NodeFaults, AWorkerKilledFromOutsideIsACrashThatIsTriedAgain) {
  const auto job = submit(R"({"sleep_ms":200})", names(2), 2);
  int killed = 0;
  witness_.on_start = [&](const LeasedTask&) {
    if (killed > 0) return;
    for (const pid_t pid : descendants(::getpid())) {
      std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
      pid_t server = 0;
      children >> server;
      if (pid != server && ::kill(pid, SIGKILL) == 0) ++killed;
    }
  };
  run_node();
  EXPECT_GE(killed, 1);
  EXPECT_EQ(status(job).counters.done, 2U);
}

TEST_F(NodeFaults, ABrokenInstallationIsSaidSoAndLeasesGoBack) {
  options_.worker_executable = "/bin/false";
  const auto job = submit("{}", names(3));
  try {
    run_node();
    FAIL() << "run() must throw";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.kind(), SystemError::Kind::misconfigured);
    EXPECT_NE(std::string(error.what()).find("/bin/false"), std::string::npos) << error.what();
  }
  EXPECT_EQ(status(job).counters.waiting, 3U);
}

TEST_F(NodeFaults, AMissingWorkerExecutableIsSaidSo) {
  options_.worker_executable = "/nowhere/docmill-worker";
  const auto job = submit("{}", names(3));
  EXPECT_THROW(run_node(), SystemError);
  EXPECT_EQ(status(job).counters.waiting, 3U);
}

TEST_F(NodeFaults, CancelStopsRunningWorkWithinASecond) {
  const auto job = submit(R"({"sleep_ms":60000})", names(4));
  std::chrono::steady_clock::time_point cancelled;
  witness_.on_start = [&](const LeasedTask&) {
    if (witness_.started != 2) return;
    cancelled = std::chrono::steady_clock::now();
    asio::co_spawn(loop_, broker_->cancel(job), [](std::exception_ptr, Status) {});
  };
  run_node();
  EXPECT_LT(std::chrono::steady_clock::now() - cancelled, 1s);
  EXPECT_EQ(status(job).state, JobState::cancelled);
}

TEST_F(NodeFaults, PauseGivesTheWorkBack) {
  const auto job = submit(R"({"sleep_ms":60000})", names(4));
  witness_.on_start = [&](const LeasedTask&) {
    if (witness_.started == 2) asio::co_spawn(loop_, broker_->pause(job), [](std::exception_ptr, Status) {});
  };
  Node node(loop_, *broker_, *store_, clock_, options_, &witness_);
  bool ended = false;
  loop_.restart();
  asio::co_spawn(loop_, node.run(), [&](std::exception_ptr) { ended = true; });
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (witness_.completions.size() < 2 || node.status().leased > 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    loop_.run_one_for(50ms);
  }
  for (const auto& [document, completion] : witness_.completions) {
    EXPECT_EQ(completion.kind, Completion::Kind::released);
  }
  node.stop();
  while (!ended) loop_.run_one_for(50ms);
  EXPECT_EQ(status(job).counters.waiting, 4U);
}

TEST_F(NodeFaults, StopGivesEverythingBackAtOnce) {
  const auto job = submit(R"({"sleep_ms":60000})", names(10));
  witness_.on_start = [&](const LeasedTask&) {
    if (witness_.started == 2) node_->stop();
  };
  const auto begun = std::chrono::steady_clock::now();
  run_node();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  EXPECT_EQ(status(job).counters.waiting, 10U);
}

TEST_F(NodeFaults, DrainFinishesWhatRuns) {
  const auto job = submit(R"({"sleep_ms":300})", names(10));
  witness_.on_start = [&](const LeasedTask&) {
    if (witness_.started == 2) node_->drain();
  };
  run_node();
  EXPECT_EQ(status(job).counters.done, 2U);
  EXPECT_EQ(status(job).counters.waiting, 8U);
}

TEST_F(NodeFaults, DrainAbandonsWhatTakesTooLong) {
  options_.drain_timeout = 200ms;
  const auto job = submit(R"({"sleep_ms":60000})", names(2));
  witness_.on_start = [&](const LeasedTask&) {
    if (witness_.started == 2) node_->drain();
  };
  run_node();
  EXPECT_EQ(status(job).counters.waiting, 2U);
}

TEST_F(NodeFaults, LostAnswersOfTheBrokerCostNothing) {
  const auto job = submit(R"({"fault":"crash","fault_document":"document-7"})", names(20));
  ForgetfulBroker forgetful(broker_);
  run_node(forgetful, *store_);
  EXPECT_EQ(status(job).counters.done, 19U);
  EXPECT_EQ(status(job).counters.failed, 1U);
  EXPECT_EQ(witness_.started, 20) << "nothing is leased or run twice";
  EXPECT_EQ(witness_.completions.size(), 20U);
}

TEST_F(NodeFaults, AFullDiskEndsTheRunAndNothingIsLost) {
  const std::string page = dir_.path() / "page.pgm";
  std::ofstream(page) << "P5 200 100 255\n" << std::string(200 * 100, '\xFF');
  const auto job = submit(R"({"language":"eng"})", {page, page, page}, 3, "ocr");
  FullStore store;
  try {
    run_node(*broker_, store);
    FAIL() << "run() must throw";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.kind(), SystemError::Kind::misconfigured);
    EXPECT_NE(std::string(error.what()).find("No space left"), std::string::npos) << error.what();
  }
  EXPECT_EQ(status(job).counters.waiting, 3U);
}

TEST_F(NodeFaults, AMergeWhoseCommitIsLostFindsItsPartsAgain) {
  const std::string document = dir_.path() / "two pages.pdf";
  std::ofstream(document) << "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                             "2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n"
                             "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
                             "4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
                             "trailer<</Root 1 0 R/Size 5>>\n%%EOF\n";
  options_.part_pages = 1;
  const auto job = submit(R"({"language":"eng"})", {document}, 1, "ocr");
  MergeLosingBroker losing(broker_);
  run_node(losing, *store_);
  EXPECT_EQ(losing.merges, 1);
  EXPECT_EQ(status(job).counters.done, 1U) << error_of(job, 0).message;
}

// Full for the first so many files.
class CrampedStore final : public ArtifactStore {
 public:
  CrampedStore(ArtifactStore& other, int refusals) : other_(other), refusals_(refusals) {}
  Status check(const ArtifactOwner& owner) override { return other_.check(owner); }
  Result<Descriptor> create(const ArtifactOwner& owner, std::string_view name) override {
    if (refusals_-- > 0) return fail(ErrorCode::output_unavailable, "cannot write /out: No space left on device");
    return other_.create(owner, name);
  }
  asio::awaitable<Status> publish(ArtifactOwner owner, std::vector<std::string> names, std::string record) override {
    return other_.publish(std::move(owner), std::move(names), std::move(record));
  }
  void discard(const ArtifactOwner& owner) override { other_.discard(owner); }
  asio::awaitable<Result<Descriptor>> open(ArtifactOwner owner, std::string name) override {
    return other_.open(std::move(owner), std::move(name));
  }
  asio::awaitable<void> remove_parts(ArtifactOwner owner) override { return other_.remove_parts(std::move(owner)); }
  asio::awaitable<Status> remove_job(JobId job) override { return other_.remove_job(std::move(job)); }

 private:
  ArtifactStore& other_;
  int refusals_;
};

TEST_F(NodeFaults, AServiceOutlastsAFullDiskAndNoDocumentLosesAnAttempt) {
  const std::string page = dir_.path() / "page.pgm";
  std::ofstream(page) << "P5 200 100 255\n" << std::string(200 * 100, '\xFF');
  const auto job = submit(R"({"language":"eng"})", {page}, 1, "ocr");
  CrampedStore store(*store_, 3);
  options_.output_pause = 20ms;
  run_node(*broker_, store);
  EXPECT_EQ(status(job).counters.done, 1U);
  EXPECT_FALSE(witness_.notices.empty());
}

TEST_F(NodeFaults, EveryDocumentLeavesItsRecordAFailedOneToo) {
  const std::string page = dir_.path() / "page.pgm";
  std::ofstream(page) << "P5 200 100 255\n" << std::string(200 * 100, '\xFF');
  const auto job = submit(R"({"language":"eng"})", {page, dir_.path() / "missing.pdf"}, 3, "ocr");
  run_node();
  EXPECT_EQ(status(job).counters.done, 1U);
  EXPECT_EQ(error_of(job, 1).code, ErrorCode::not_found);
  const auto record = [&](const char* name) {
    std::ifstream file(dir_.path() / "out" / name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return boost::json::parse(text).as_object();
  };
  EXPECT_EQ(record("page.pgm.json").at("outcome"), "ok");
  EXPECT_EQ(record("missing.pdf.json").at("outcome"), "failed");
  EXPECT_EQ(record("missing.pdf.json").at("error").at("code"), "not_found");
}

TEST_F(NodeFaults, AFailureThatIsNotAcceptedLeavesNoRecord) {
  CancellingBroker broker(broker_);
  broker.job = submit(R"({"language":"eng"})", {dir_.path() / "missing.pdf"}, 3, "ocr");
  run_node(broker, *store_);
  EXPECT_EQ(status(broker.job).counters.cancelled, 1U);
  EXPECT_FALSE(fs::exists(dir_.path() / "out/missing.pdf.json"));
}

TEST_F(NodeFaults, AHundredAllowedWorkersCostNoProcessUntilNeeded) {
  options_.workers = 100;
  options_.stop_when_idle = false;
  Node node(loop_, *broker_, *store_, clock_, options_, &witness_);
  bool ended = false;
  loop_.restart();
  asio::co_spawn(loop_, node.run(), [&](std::exception_ptr) { ended = true; });
  loop_.run_for(300ms);
  EXPECT_EQ(descendants(::getpid()), std::vector<pid_t>());
  node.drain();
  while (!ended) loop_.run_one_for(50ms);
}

}  // namespace
}  // namespace docmill
