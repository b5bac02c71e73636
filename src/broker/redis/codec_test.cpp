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
  const std::vector<std::string> packed = pack_names(first, names);
  Writer head;
  for (std::size_t i = 0; i < packed.size(); ++i) {
    head.u64(1);
    head.u32(first / names_per_chunk + i);
  }
  Reader reader(head.data());
  const NameChunks chunks(reader, {packed.begin(), packed.end()});
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

// Two units, the second of several chunks; the job's pieces as a third.
class ResultLogTest : public testing::Test {
 protected:
  ResultLogTest() {
    add_unit(0, 2, 10);
    add_unit(2, 900, 100);
    Writer pieces;
    append_entry(pieces, 902, Outcome::partial, "last");
    chunks_.push_back('\1' + pieces.data());
  }

  void add_unit(std::uint64_t first, std::uint64_t count, std::size_t size) {
    Writer log;
    for (std::uint64_t i = first; i < first + count; ++i) append_entry(log, i, Outcome::ok, std::string(size, 'r'));
    for (const std::string& chunk : cut_log(log.data())) chunks_.push_back(chunk);
  }

  ResultPage read(std::uint64_t cursor, std::size_t limit) const {
    LogReader reader(cursor, limit);
    for (std::uint64_t chunk = reader.next_chunk(); chunk < chunks_.size() && !reader.has_enough(); ++chunk) {
      reader.read(chunk, chunks_[chunk]);
    }
    return reader.page();
  }

  std::vector<std::string> chunks_;
};

TEST_F(ResultLogTest, IsReadInPagesOfAnySize) {
  ASSERT_GT(chunks_.size(), 4U);
  for (const std::size_t limit : {1U, 7U, 902U, 5'000U}) {
    std::vector<std::uint64_t> found;
    for (std::uint64_t cursor = 0;;) {
      const ResultPage page = read(cursor, limit);
      ASSERT_LE(page.rows.size(), limit);
      for (const ResultRow& row : page.rows) found.push_back(row.index);
      if (page.rows.empty()) break;
      ASSERT_LT(page.next, std::uint64_t{1} << 53U);  // exact in JSON
      cursor = page.next;
    }
    ASSERT_EQ(found.size(), 903U);
    for (std::uint64_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], i);
  }
  EXPECT_EQ(read(0, 5'000).rows.back().outcome, Outcome::partial);
}

TEST_F(ResultLogTest, TakesAnyNumberForACursor) {
  for (const std::uint64_t chunk : {0U, 1U, 2U, 3U, 4U, 99U}) {
    for (const std::uint64_t entries : {0U, 1U, 5'000U}) {
      for (const ResultRow& row : read(std::uint64_t{chunk} << 24U | entries, 5'000).rows) {
        EXPECT_TRUE(row.result.size() == 10 || row.result.size() == 100 || row.result == "last");
      }
    }
  }
}

TEST_F(ResultLogTest, IsCutSoThatAllotmentsAreFull) {
  for (const std::string& chunk : cut_log(std::string(100'000, 'r'))) {
    EXPECT_TRUE(chunk.size() <= 1'024 || (chunk.size() + 6) % 256 == 0) << chunk.size();
  }
}

}  // namespace
}  // namespace docmill::redis
