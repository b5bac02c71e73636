#include "protocol/protocol.hpp"

#include <gtest/gtest.h>

#include <random>

namespace docmill::protocol {
namespace {

Task full_task() {
  Task task;
  task.id = 0xFFFF'FFFF'FFFF'FFFFULL;
  task.kind = TaskKind::merge;
  task.document = "a/new\nline \"quoted\" \xC3\xA4 and \xFF\xFE bytes";
  task.pipeline = "ocr";
  task.options = R"({"language":"eng"})";
  task.pages = {3, 9};
  task.part_pages = 32;
  task.part_ranges = {{1, 4}, {5, 9}};
  task.part_errors = {Error{}, Error{ErrorCode::timeout, "page 7 took too long", 7}};
  task.lost_pages = {Error{ErrorCode::crashed, "page 3: the worker died", 3}};
  task.part_trees = {1};
  task.limits = {100, 1ULL << 40U};
  task.has_input = false;
  return task;
}

TEST(Protocol, ATaskSurvivesTheRoundTripWithEveryField) {
  const Task task = full_task();
  const auto back = decode<Task>(encode(task));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->id, task.id);
  EXPECT_EQ(back->kind, task.kind);
  EXPECT_EQ(back->document, task.document);
  EXPECT_EQ(back->pipeline, task.pipeline);
  EXPECT_EQ(back->options, task.options);
  EXPECT_EQ(back->pages, task.pages);
  EXPECT_EQ(back->part_pages, task.part_pages);
  EXPECT_EQ(back->part_ranges, task.part_ranges);
  EXPECT_EQ(back->part_errors, task.part_errors);
  EXPECT_EQ(back->lost_pages, task.lost_pages);
  EXPECT_EQ(back->part_trees, task.part_trees);
  EXPECT_EQ(back->limits.max_pages, task.limits.max_pages);
  EXPECT_EQ(back->limits.max_pixels, task.limits.max_pixels);
  EXPECT_EQ(back->has_input, task.has_input);
}

TEST(Protocol, AResultSurvivesTheRoundTripWithAndWithoutAnError) {
  TaskResult result;
  result.id = 7;
  result.retryable = true;
  result.split = {{1, 5}, {6, 11}};
  result.outcome = Outcome::partial;
  result.pages = 11;
  result.record = R"({"media_type":"application/pdf"})";
  result.artifacts = {"txt", "page-0001.png"};
  result.cpu_seconds = 0.12345678901234567;
  result.peak_memory = 123'456'789;
  for (const auto& error :
       {std::optional<Error>(), std::optional(Error{ErrorCode::encrypted, "it needs a password", 0})}) {
    result.error = error;
    const auto back = decode<TaskResult>(encode(result));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->error, error);
    EXPECT_EQ(back->retryable, result.retryable);
    EXPECT_EQ(back->split, result.split);
    EXPECT_EQ(back->outcome, result.outcome);
    EXPECT_EQ(back->pages, result.pages);
    EXPECT_EQ(back->record, result.record);
    EXPECT_EQ(back->artifacts, result.artifacts);
    EXPECT_EQ(back->cpu_seconds, result.cpu_seconds);
    EXPECT_EQ(back->peak_memory, result.peak_memory);
  }
}

TEST(Protocol, TheSmallMessagesSurviveTheRoundTrip) {
  EXPECT_EQ(decode<Ready>(encode(Ready{"1.2.3"}))->version, "1.2.3");
  const auto fork = decode<Fork>(encode(Fork{1, "ocr", R"({"a":1})", 2ULL << 30U, 5}));
  ASSERT_TRUE(fork);
  EXPECT_EQ(fork->worker, 1U);
  EXPECT_EQ(fork->pipeline, "ocr");
  EXPECT_EQ(fork->options, R"({"a":1})");
  EXPECT_EQ(fork->memory_limit, 2ULL << 30U);
  EXPECT_EQ(fork->output_limit, 5U);
  EXPECT_EQ(decode<Kill>(encode(Kill{9}))->worker, 9U);
  const auto forked = decode<Forked>(encode(Forked{3, 4321, "why"}));
  ASSERT_TRUE(forked);
  EXPECT_EQ(forked->worker, 3U);
  EXPECT_EQ(forked->pid, 4321);
  EXPECT_EQ(forked->message, "why");
  const auto exited = decode<Exited>(encode(Exited{3, 139, 1.5, 77}));
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->worker, 3U);
  EXPECT_EQ(exited->status, 139);
  EXPECT_EQ(exited->cpu_seconds, 1.5);
  EXPECT_EQ(exited->peak_memory, 77U);
  const auto progress = decode<Progress>(encode(Progress{8, 20, 6, 7, 8.7}));
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->id, 8U);
  EXPECT_EQ(progress->pages, 20);
  EXPECT_EQ(progress->finished, 6);
  EXPECT_EQ(progress->page, 7);
  EXPECT_EQ(progress->megapixels, 8.7);
  const auto want = decode<WantArtifact>(encode(WantArtifact{8, "pdf"}));
  ASSERT_TRUE(want);
  EXPECT_EQ(want->id, 8U);
  EXPECT_EQ(want->name, "pdf");
}

TEST(Protocol, TheMessagesAboutEntriesSurviveTheRoundTrip) {
  const auto want = decode<WantEntry>(encode(WantEntry{8, "ab", true}));
  ASSERT_TRUE(want);
  EXPECT_EQ(want->id, 8U);
  EXPECT_EQ(want->key, "ab");
  EXPECT_TRUE(want->damaged);
  const auto entry = decode<Entry>(encode(Entry{true}));
  ASSERT_TRUE(entry);
  EXPECT_TRUE(entry->found);
  const auto keep = decode<KeepEntry>(encode(KeepEntry{9, "cd"}));
  ASSERT_TRUE(keep);
  EXPECT_EQ(keep->id, 9U);
  EXPECT_EQ(keep->key, "cd");
}

TEST(Protocol, AKeyIsSixtyFourDigitsAndNothingElse) {
  const std::string good(64, 'a');
  EXPECT_TRUE(is_valid_entry_key(good));
  EXPECT_FALSE(is_valid_entry_key(""));
  EXPECT_FALSE(is_valid_entry_key(good + "0"));
  EXPECT_FALSE(is_valid_entry_key(good.substr(1)));
  EXPECT_FALSE(is_valid_entry_key("../" + good.substr(3)));
  EXPECT_FALSE(is_valid_entry_key(std::string(64, 'A')));
}

TEST(Protocol, AMissingFieldIsNamed) {
  const auto reply = decode<Forked>(R"({"worker":1,"pid":2})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::internal);
  EXPECT_EQ(reply.error().message, "malformed message 'forked': field 'message' is missing");
}

TEST(Protocol, AFieldOfTheWrongTypeOrRangeIsNamed) {
  for (const auto* body : {R"({"worker":"1"})", R"({"worker":-1})", R"({"worker":1.5})", R"({"worker":1e30})",
                           R"({"worker":true})", R"({"worker":null})", R"({"worker":[]})"}) {
    const auto reply = decode<Kill>(body);
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().message, "malformed message 'kill': field 'worker' has a wrong type or value") << body;
  }
}

TEST(Protocol, RangesThatRunBackwardsAndUnknownNamesAreRefused) {
  const std::string good = encode(full_task());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const auto place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
  };
  EXPECT_FALSE(decode<Task>(with("[3,9]", "[9,3]")));
  EXPECT_FALSE(decode<Task>(with("[3,9]", "[-1,3]")));
  EXPECT_FALSE(decode<Task>(with("[3,9]", "[3]")));
  EXPECT_FALSE(decode<Task>(with("\"merge\"", "\"melt\"")));
  EXPECT_FALSE(decode<Task>(with("\"timeout\"", "\"tiredness\"")));
}

TEST(Protocol, ABodyThatIsNoObjectIsRefused) {
  for (const auto* body : {"", "[]", "null", "{", "{\"worker\":1}x", "\"worker\""}) {
    EXPECT_FALSE(decode<Kill>(body)) << body;
  }
}

TEST(Protocol, RandomBytesAndDamagedMessagesNeverDecodeToNonsense) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 2000; ++round) {
    std::string noise(random() % 200, '\0');
    for (auto& c : noise) c = static_cast<char>(byte(random));
    EXPECT_FALSE(decode<Task>(noise));
    EXPECT_FALSE(decode<TaskResult>(noise));
  }
  const std::string good = encode(full_task());
  for (int round = 0; round < 5000; ++round) {
    std::string damaged = good;
    for (unsigned i = 0; i <= random() % 4; ++i) damaged[random() % damaged.size()] = static_cast<char>(byte(random));
    const auto task = decode<Task>(damaged);  // may still be well-formed; must not crash, and must hold its promises
    if (task) {
      EXPECT_LE(task->pages.first, task->pages.last);
    }
  }
}

TEST(Protocol, TheHeaderIsLittleEndianWhateverTheMachine) {
  const std::string bytes = encode_header(Header{0x01020304, MessageType::result, 250});
  ASSERT_EQ(bytes.size(), header_size);
  EXPECT_EQ(bytes, std::string("\x04\x03\x02\x01\x22\xFA", 6));
  const Header back = decode_header(bytes.data());
  EXPECT_EQ(back.length, 0x01020304U);
  EXPECT_EQ(back.type, MessageType::result);
  EXPECT_EQ(back.descriptors, 250);
}

TEST(Protocol, HeadersOfBrokenPeersAreRefused) {
  EXPECT_TRUE(check_header(Header{0, MessageType::artifact, 1}));
  EXPECT_TRUE(check_header(Header{max_body, MessageType::result, 0}));
  EXPECT_FALSE(check_header(Header{max_body + 1, MessageType::result, 0}));
  EXPECT_FALSE(check_header(Header{0, static_cast<MessageType>(6), 0}));
  EXPECT_FALSE(check_header(Header{0, static_cast<MessageType>(255), 0}));
  EXPECT_FALSE(check_header(Header{0, MessageType::task, 251}));
}

TEST(Protocol, ArtifactNamesAreHarmlessFileNames) {
  for (const auto* name : {"txt", "page-0001.png", "0", "a_b.c-d"}) EXPECT_TRUE(is_valid_artifact_name(name)) << name;
  for (const auto* name : {"", ".", "..", ".x", "-x", "_x", "a/b", "A", "a b", "a\nb", "\xC3\xA4"}) {
    EXPECT_FALSE(is_valid_artifact_name(name)) << name;
  }
  EXPECT_TRUE(is_valid_artifact_name(std::string(64, 'a')));
  EXPECT_FALSE(is_valid_artifact_name(std::string(65, 'a')));
  EXPECT_FALSE(is_valid_artifact_name(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace docmill::protocol
