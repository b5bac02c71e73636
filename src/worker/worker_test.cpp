// A real fork server (in a child process of the test) and real workers, seen from the node's side of the sockets.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <filesystem>
#include <optional>
#include <span>

#include "documents/test_files.hpp"
#include "tests/support/sanitized.hpp"
#include "worker/channel.hpp"
#include "worker/fork_server.hpp"

namespace docmill {
namespace {

using protocol::MessageType;

std::pair<Descriptor, Descriptor> socket_pair() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::size_t open_descriptors(const std::string& process) {
  const std::filesystem::directory_iterator entries("/proc/" + process + "/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

protocol::Task noop_task(std::uint64_t id, const std::string& fault = "", const std::string& document = "a.pdf") {
  protocol::Task task;
  task.id = id;
  task.document = document;
  task.pipeline = "noop";
  task.has_input = false;
  if (!fault.empty()) task.options = R"({"fault":")" + fault + R"("})";
  return task;
}

template <class Message>
Message decoded(const std::optional<Frame>& frame, MessageType type) {
  EXPECT_TRUE(frame.has_value()) << "the peer is gone";
  if (!frame) return {};
  EXPECT_EQ(static_cast<int>(frame->type), static_cast<int>(type)) << frame->body;
  auto message = protocol::decode<Message>(frame->body);
  EXPECT_TRUE(message) << message.error().message;
  return message ? std::move(*message) : Message{};
}

// The next result; what progress is reported before it is passed over.
protocol::TaskResult result_from(Channel& worker) {
  while (auto frame = worker.receive()) {
    if (frame->type == MessageType::progress) continue;
    return decoded<protocol::TaskResult>(frame, MessageType::result);
  }
  ADD_FAILURE() << "the worker went without an answer";
  return {};
}

void expect_segmentation_fault(int status) {
  if (!test::sanitized) {
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGSEGV);
  } else {
    EXPECT_NE(status, 0);
  }
}

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    auto [mine, theirs] = socket_pair();
    server_pid_ = ::fork();
    if (server_pid_ == 0) {
      mine.reset();
      ::_exit(run_fork_server(std::move(theirs)));
    }
    theirs.reset();
    server_.emplace(std::move(mine));
    decoded<protocol::Ready>(server_->receive(), MessageType::ready);
  }

  ~WorkerTest() override {
    if (server_) {
      EXPECT_EQ(end_server(), 0);
    }
  }

  // Closes the node's end and returns the wait status of the server.
  int end_server() {
    server_.reset();
    int status = -1;
    EXPECT_EQ(::waitpid(server_pid_, &status, 0), server_pid_);
    return status;
  }

  // Starts worker `number`; its process id is in pid_.
  Channel start(std::uint64_t number, std::uint64_t memory_limit = 0, const std::string& pipeline = "noop") {
    auto [mine, theirs] = socket_pair();
    protocol::Fork order;
    order.worker = number;
    order.pipeline = pipeline;
    order.memory_limit = memory_limit;
    const int descriptor = theirs.get();
    server_->send(MessageType::fork, protocol::encode(order), {&descriptor, 1});
    const auto forked = decoded<protocol::Forked>(server_->receive(), MessageType::forked);
    EXPECT_EQ(forked.worker, number);
    EXPECT_GT(forked.pid, 0) << forked.message;
    pid_ = forked.pid;
    return Channel(std::move(mine));
  }

  protocol::Exited wait_for_exit(std::uint64_t number) {
    const auto exited = decoded<protocol::Exited>(server_->receive(), MessageType::exited);
    EXPECT_EQ(exited.worker, number);
    return exited;
  }

  void kill(std::uint64_t number) { server_->send(MessageType::kill, protocol::encode(protocol::Kill{number})); }

  void give(Channel& worker, const protocol::Task& task, std::span<const int> descriptors = {}) {
    worker.send(MessageType::task, protocol::encode(task), descriptors);
  }

  pid_t server_pid_ = 0;
  pid_t pid_ = 0;
  std::optional<Channel> server_;
};

TEST_F(WorkerTest, AWorkerRunsATaskAndEndsWhenItsSocketIsClosed) {
  {
    Channel worker = start(1);
    give(worker, noop_task(42));
    const auto result = result_from(worker);
    EXPECT_EQ(result.id, 42U);
    EXPECT_FALSE(result.error) << result.error->message;
    EXPECT_EQ(result.record, "{}");
    EXPECT_LT(result.cpu_seconds, 1);
  }
  const auto exited = wait_for_exit(1);
  EXPECT_TRUE(WIFEXITED(exited.status));
  EXPECT_EQ(WEXITSTATUS(exited.status), 0);
}

TEST_F(WorkerTest, AThousandTasksSentAheadAreAnsweredInTheirOrder) {
  Channel worker = start(1);
  for (std::uint64_t id = 1; id <= 1000; ++id) worker.queue(MessageType::task, protocol::encode(noop_task(id)));
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    const auto result = result_from(worker);
    ASSERT_EQ(result.id, id);
    ASSERT_FALSE(result.error);
  }
}

TEST_F(WorkerTest, AnUnknownPipelineAndBadOptionsAreErrorsOfTheTask) {
  Channel worker = start(1);
  auto task = noop_task(1);
  task.pipeline = "astrology";
  give(worker, task);
  EXPECT_EQ(result_from(worker).error->code, ErrorCode::invalid_option);
  task = noop_task(2);
  task.options = R"({"sleep_ms":"long"})";
  give(worker, task);
  EXPECT_EQ(result_from(worker).error->code, ErrorCode::invalid_option);
  give(worker, noop_task(3));
  EXPECT_FALSE(result_from(worker).error);
}

TEST_F(WorkerTest, ACrashIsSeenAsItsSignalAndTakesNoFinishedTaskAlong) {
  Channel worker = start(1);
  const std::string options = R"({"fault":"crash","fault_document":"bad"})";
  for (std::uint64_t id = 1; id <= 20; ++id) {
    auto task = noop_task(id, "", id == 20 ? "bad.pdf" : "good.pdf");
    task.options = options;
    worker.queue(MessageType::task, protocol::encode(task));
  }
  for (std::uint64_t id = 1; id < 20; ++id) EXPECT_EQ(result_from(worker).id, id);
  EXPECT_EQ(decoded<protocol::Progress>(worker.receive(), MessageType::progress).id, 20U);  // it has begun
  EXPECT_FALSE(worker.receive());
  const auto exited = wait_for_exit(1);
  expect_segmentation_fault(exited.status);
}

TEST_F(WorkerTest, ACrashUnderAMemoryLimitThatIsFarAwayIsStillACrash) {
  Channel worker = start(1, 1ULL << 30U);
  give(worker, noop_task(1, "crash"));
  const auto exited = wait_for_exit(1);
  expect_segmentation_fault(exited.status);
}

TEST_F(WorkerTest, AHangingWorkerIsKilledOnRequest) {
  Channel worker = start(1);
  give(worker, noop_task(1, "hang"));
  EXPECT_EQ(decoded<protocol::Progress>(worker.receive(), MessageType::progress).id, 1U);
  kill(1);
  const auto exited = wait_for_exit(1);
  ASSERT_TRUE(WIFSIGNALED(exited.status));
  EXPECT_EQ(WTERMSIG(exited.status), SIGKILL);
  kill(1);  // too late, and harmless
  Channel next = start(2);
  give(next, noop_task(2));
  EXPECT_EQ(result_from(next).id, 2U);
}

TEST_F(WorkerTest, AnExitWithoutAnAnswerIsSeenAsStatusZero) {
  Channel worker = start(1);
  give(worker, noop_task(1, "exit"));
  const auto exited = wait_for_exit(1);
  ASSERT_TRUE(WIFEXITED(exited.status));
  EXPECT_EQ(WEXITSTATUS(exited.status), 0);
}

TEST_F(WorkerTest, MemoryOverTheLimitIsReportedAsSuchWithAnHonestPeak) {
  if (test::sanitized) GTEST_SKIP() << "sanitizers handle failed allocations themselves";
  constexpr std::uint64_t mebibyte = 1U << 20U;
  Channel worker = start(1, 128 * mebibyte);
  give(worker, noop_task(1));
  EXPECT_LT(result_from(worker).peak_memory, 16 * mebibyte);  // what it shares with the fork server is not its own
  give(worker, noop_task(2, "allocate"));
  const auto result = result_from(worker);
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::out_of_memory);
  EXPECT_FALSE(result.retryable);
  EXPECT_NE(result.error->message.find("128 MiB"), std::string::npos) << result.error->message;
  EXPECT_GT(result.peak_memory, 96 * mebibyte);
  EXPECT_LT(result.peak_memory, 136 * mebibyte);
  const auto exited = wait_for_exit(1);
  ASSERT_TRUE(WIFEXITED(exited.status));
  EXPECT_EQ(WEXITSTATUS(exited.status), protocol::exit_out_of_memory);
  EXPECT_GT(exited.peak_memory, 96 * mebibyte);
}

TEST_F(WorkerTest, GarbageFromAWorkerIsRecognisedAsABrokenPeer) {
  Channel worker = start(1);
  give(worker, noop_task(1, "garbage"));
  EXPECT_EQ(decoded<protocol::Progress>(worker.receive(), MessageType::progress).id, 1U);
  EXPECT_THROW(worker.receive(), ChannelError);
  kill(1);
  wait_for_exit(1);
}

TEST_F(WorkerTest, AWorkerLeavesANodeThatBreaksTheProtocol) {
  Channel worker = start(1);
  worker.send(MessageType::task, R"({"id":1})");
  const auto exited = wait_for_exit(1);
  ASSERT_TRUE(WIFEXITED(exited.status));
  EXPECT_EQ(WEXITSTATUS(exited.status), 1);
}

TEST_F(WorkerTest, AWorkerHoldsNothingButItsStreamsAndItsSocket) {
  Channel worker = start(1);
  give(worker, noop_task(1));
  result_from(worker);
  EXPECT_EQ(open_descriptors(std::to_string(pid_)), 4U);
}

TEST_F(WorkerTest, TwoHundredForksLeakNoDescriptor) {
  const auto of_server = open_descriptors(std::to_string(server_pid_));
  const auto own = open_descriptors("self");
  for (std::uint64_t number = 1; number <= 200; ++number) {
    {
      Channel worker = start(number);
      give(worker, noop_task(number));
      ASSERT_EQ(result_from(worker).id, number);
    }
    wait_for_exit(number);
  }
  EXPECT_EQ(open_descriptors(std::to_string(server_pid_)), of_server);
  EXPECT_EQ(open_descriptors("self"), own);
}

TEST_F(WorkerTest, SignalsOfATerminalAreLeftToTheNode) {
  Channel worker = start(1);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    ::kill(server_pid_, number);
    ::kill(pid_, number);
  }
  give(worker, noop_task(1));
  EXPECT_EQ(result_from(worker).id, 1U);
  EXPECT_NE(::getsid(server_pid_), ::getsid(0));
  Channel another = start(2);
}

TEST_F(WorkerTest, WorkersDieWithTheForkServerHoweverItEnds) {
  Channel first = start(1);
  give(first, noop_task(1, "hang"));
  decoded<protocol::Progress>(first.receive(), MessageType::progress);
  ::kill(server_pid_, SIGKILL);
  const int status = end_server();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(first.receive());
}

TEST_F(WorkerTest, AForkServerEndsWithItsNodeAndTakesTheWorkersAlong) {
  Channel worker = start(1);
  give(worker, noop_task(1, "hang"));
  decoded<protocol::Progress>(worker.receive(), MessageType::progress);
  EXPECT_EQ(end_server(), 0);
  EXPECT_FALSE(worker.receive());
}

TEST_F(WorkerTest, AForkServerLeavesANodeThatBreaksTheProtocol) {
  server_->send(MessageType::fork, "{}");
  const int status = end_server();
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(WorkerTest, AForkServerHoldsNoThreadWhateverItHasWarm) {
  Channel worker = start(1, 0, "ocr");
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(server_pid_) + "/task");
  EXPECT_EQ(std::distance(begin(threads), end(threads)), 1);
}

// A blank page of `side` pixels square, as a PGM in memory.
Descriptor blank_page(std::size_t side = 300) {
  Descriptor file(::memfd_create("page", MFD_CLOEXEC));
  const std::string image =
      "P5 " + std::to_string(side) + " " + std::to_string(side) + " 255\n" + std::string(side * side, '\xFF');
  EXPECT_EQ(::write(file.get(), image.data(), image.size()), static_cast<ssize_t>(image.size()));
  return file;
}

protocol::Task ocr_task(std::uint64_t id) {
  protocol::Task task;
  task.id = id;
  task.document = "blank.pgm";
  task.pipeline = "ocr";
  return task;
}

// Passes over progress to the question for an artifact.
protocol::WantArtifact question_from(Channel& worker) {
  while (auto frame = worker.receive()) {
    if (frame->type == MessageType::progress) continue;
    return decoded<protocol::WantArtifact>(frame, MessageType::want_artifact);
  }
  ADD_FAILURE() << "the worker went without a question";
  return {};
}

TEST_F(WorkerTest, AnArtifactIsWrittenToTheDescriptorThatTheNodeGivesAndTasksMayComeInBetween) {
  Channel worker = start(1);
  const Descriptor page = blank_page();
  const int input = page.get();
  give(worker, ocr_task(1), {&input, 1});
  const auto question = question_from(worker);
  EXPECT_EQ(question.id, 1U);
  EXPECT_EQ(question.name, "txt");
  give(worker, noop_task(2));
  const Descriptor output(::memfd_create("txt", MFD_CLOEXEC));
  const int target = output.get();
  worker.send(MessageType::artifact, "{}", {&target, 1});
  const auto result = result_from(worker);
  EXPECT_EQ(result.id, 1U);
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(result.artifacts, std::vector<std::string>{"txt"});
  EXPECT_EQ(result.pages, 1);
  EXPECT_EQ(result_from(worker).id, 2U);
}

// Of a task that has been given and asks for one output, which is written to `target`.
protocol::TaskResult result_of_task_with_output(Channel& worker, int target) {
  question_from(worker);
  worker.send(MessageType::artifact, "{}", {&target, 1});
  return result_from(worker);
}

TEST_F(WorkerTest, TheMergeGivesEachPageOfFailedPartsTheErrorOfItsPart) {
  test::PdfFile pdf;
  for (int page = 1; page <= 4; ++page) pdf.add_page("", "", "/MediaBox[0 0 100 100]");
  const Descriptor document = test::memory_file(pdf.bytes());
  const Descriptor tree(::memfd_create("tree", MFD_CLOEXEC));
  const Descriptor text(::memfd_create("txt", MFD_CLOEXEC));
  Channel worker = start(1);

  protocol::Task task = ocr_task(1);
  task.kind = TaskKind::part;
  task.pages = {4, 4};
  const std::array inputs{document.get(), tree.get()};
  give(worker, task, std::span(inputs).first(1));
  ASSERT_FALSE(result_of_task_with_output(worker, tree.get()).error);

  task.kind = TaskKind::merge;
  task.pages = {};
  task.part_ranges = {{1, 2}, {3, 3}, {4, 4}};
  task.part_errors = {fail(ErrorCode::timeout, "first"), fail(ErrorCode::crashed, "second"), Error()};
  task.part_trees = {3};
  give(worker, task, inputs);
  const auto merged = result_of_task_with_output(worker, text.get());
  ASSERT_FALSE(merged.error) << merged.error->message;
  EXPECT_EQ(merged.outcome, Outcome::partial);
  std::string told;
  const auto record = boost::json::parse(merged.record);
  for (const auto& page : record.at("pages").as_array()) {
    const auto* const error = page.as_object().if_contains("error");
    told += error != nullptr ? std::string(error->at("message").as_string()) + " " : "none ";
  }
  EXPECT_EQ(told, "first first second none ");
}

TEST_F(WorkerTest, AnArtifactThatTheNodeRefusesFailsTheTask) {
  Channel worker = start(1);
  const Descriptor page = blank_page();
  const int input = page.get();
  give(worker, ocr_task(1), {&input, 1});
  question_from(worker);
  worker.send(MessageType::artifact, "{}");
  const auto result = result_from(worker);
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::output_unavailable);
}

TEST_F(WorkerTest, AnImageThatDoesNotFitIntoTheMemoryAllowedIsNotCalledDamaged) {
  if (test::sanitized) GTEST_SKIP() << "sanitizers handle failed allocations themselves";
  Channel worker = start(1, 64U << 20U, "ocr");
  const Descriptor page = blank_page(10'000);
  const int input = page.get();
  give(worker, ocr_task(1), {&input, 1});
  while (auto frame = worker.receive()) {
    if (frame->type == MessageType::want_artifact) worker.send(MessageType::artifact, "{}", {&input, 1});
    if (frame->type != MessageType::result) continue;
    const auto result = decoded<protocol::TaskResult>(frame, MessageType::result);
    ASSERT_TRUE(result.error);
    EXPECT_EQ(result.error->code, ErrorCode::out_of_memory) << result.error->message;
  }
  const auto exited = wait_for_exit(1);
  ASSERT_TRUE(WIFEXITED(exited.status));
  EXPECT_EQ(WEXITSTATUS(exited.status), protocol::exit_out_of_memory);
}

}  // namespace
}  // namespace docmill
