// What goes over the wire and is stored, without a server.
#include <gmock/gmock.h>

#include "broker/redis/completions.hpp"
#include "broker/redis/library.hpp"
#include "broker/redis/names.hpp"
#include "broker/redis/result_log.hpp"

namespace docmill::redis {
namespace {

using testing::ElementsAre;

Completion done(std::uint64_t index, std::uint64_t pages = 1) {
  Completion completion;
  completion.token = Token{7};
  completion.ref.index = index;
  completion.result = "{}";
  completion.pages = pages;
  return completion;
}

constexpr std::size_t step_size = 32;

std::size_t steps_of(const std::vector<Completion>& completions) {
  return pack_completions(completions).steps.size() / step_size;
}

// Packs names that begin in the middle of a chunk as add_documents does, and reads them back.
std::vector<std::string> through_chunks(std::uint64_t first, const std::vector<std::string>& names) {
  Writer out;
  std::uint64_t chunk = first / names_per_chunk;
  for (const std::string& packed : pack_names(first, names)) {
    out.u64(1);
    out.u32(chunk++);
    out.text(packed);
  }
  const std::string bytes = out.take();
  Reader reader(bytes);
  const NameChunks chunks(reader);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    // Without what was there before, the first chunk begins with our first name.
    const std::uint64_t missing =
        first + i < (first / names_per_chunk + 1) * names_per_chunk ? first % names_per_chunk : 0;
    found.emplace_back(chunks.name(1, first + i - missing));
  }
  return found;
}

TEST(TheLibrary, NamesTheKeysInTheOrderInWhichTheyArePassed) {
  const std::string text = library_text();
  std::string names = text.substr(text.find("KEY_NAMES = {"));
  names = names.substr(0, names.find('}'));
  std::size_t at = 0;
  for (const std::string_view name : key_names) {
    at = names.find("'" + std::string(name) + "'", at);
    ASSERT_NE(at, std::string::npos) << name;
  }
  EXPECT_EQ(std::ranges::count(names, ','), std::ssize(key_names));
}

TEST(TheLibrary, SetsItsVersionInFrontOfTheFiles) {
  EXPECT_TRUE(library_text().starts_with("#!lua name=docmill\nlocal VERSION = " + std::to_string(library_version)));
}

TEST(Steps, AreOneForNeighbouringDocumentsOfOneLeaseWithAsManyPages) {
  EXPECT_EQ(steps_of({}), 0U);
  EXPECT_EQ(steps_of({done(3), done(4), done(5)}), 1U);
  EXPECT_EQ(steps_of({done(3), done(5), done(4)}), 3U);
  EXPECT_EQ(steps_of({done(3, 1), done(4, 2)}), 2U);
  Completion other_lease = done(4);
  other_lease.token = Token{8};
  EXPECT_EQ(steps_of({done(3), other_lease}), 2U);
  Completion part = done(4);
  part.ref.part = 1;
  EXPECT_EQ(steps_of({done(3), part}), 2U);
}

TEST(Steps, OfWhatNoLeaseCanHoldNameNoToken) {
  Completion impossible = done(std::uint64_t{1} << 40U);
  const std::string steps = pack_completions({impossible}).steps;
  EXPECT_EQ(steps.substr(1, 6), std::string(6, '\0'));
  impossible = done(1);
  impossible.ref.part = -1;
  EXPECT_EQ(pack_completions({impossible}).steps.substr(1, 6), std::string(6, '\0'));
}

TEST(Errors, ComeBackAsTheyWere) {
  const Error error = fail(ErrorCode::too_large, std::string("with\0NUL", 8), 12);
  EXPECT_EQ(unpack_error(pack_error(error)), error);
  EXPECT_EQ(unpack_error(""), Error());
}

TEST(Names, ComeBackAsTheyWereWhereverTheyBegin) {
  std::vector<std::string> names{"", "a", "ab", "a", "", std::string(60'000, 'x'), "\xff\n"};
  for (int i = 0; i < 400; ++i) names.push_back("/data/scans/page-" + std::to_string(i * i) + ".pdf");
  for (const std::uint64_t first : {0U, 1U, 127U, 128U, 1'000U})
    EXPECT_EQ(through_chunks(first, names), names) << first;
}

TEST(Names, OfOneDirectoryCostLittleMoreThanWhereTheyDiffer) {
  std::vector<std::string> names;
  for (int i = 1'000; i < 2'000; ++i)
    names.push_back("/home/someone/scans/2024/invoices/page-" + std::to_string(i) + ".pdf");
  std::size_t size = 0;
  for (const std::string& chunk : pack_names(0, names)) size += chunk.size();
  EXPECT_LE(size, names.size() * 9);
}

TEST(ResultLog, IsReadUpToTheLimitAndTheLastWholeEntry) {
  Writer log;
  append_entry(log, 300, Outcome::partial, "one");
  append_entry(log, 2, Outcome::ok, "");
  const std::size_t two = log.size();
  append_entry(log, 3, Outcome::ok, "three");
  ResultPage page;
  EXPECT_EQ(read_entries(log.data(), 2, page), two);
  ASSERT_EQ(page.rows.size(), 2U);
  EXPECT_EQ(page.rows[0].index, 300U);
  EXPECT_EQ(page.rows[0].outcome, Outcome::partial);
  EXPECT_EQ(page.rows[0].result, "one");
  ResultPage cut;
  EXPECT_EQ(read_entries(std::string_view(log.data()).substr(0, log.size() - 1), 100, cut), two);
}

TEST(ResultLog, KnowsACursorThatIsNotOfTheJob) {
  const JobId job{"abcdefghijklmnop"};
  for (const std::uint64_t byte : {0U, 1U, 1'000'000U}) EXPECT_EQ(byte_of(job, cursor_at(job, byte)), byte);
  EXPECT_LT(cursor_at(job, 1'000'000), std::uint64_t{1} << 53U);  // exact in JSON
  EXPECT_FALSE(byte_of(job, 1'000'000).has_value());
  EXPECT_FALSE(byte_of(JobId{"ponmlkjihgfedcba"}, cursor_at(job, 77)).has_value());
}

}  // namespace
}  // namespace docmill::redis
