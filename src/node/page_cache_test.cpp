#include "node/page_cache.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t block = 4096;

std::string key(int number) {
  std::string digits = std::to_string(number);
  return std::string(64 - digits.size(), 'a') + digits;
}

std::string content_of(const Descriptor& file) {
  std::string content(64, '\0');
  const auto got = ::pread(file.get(), content.data(), content.size(), 0);
  content.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return content;
}

class PageCacheTest : public testing::Test {
 protected:
  static void keep(PageCache& cache, const std::string& of, const std::string& content) {
    auto draft = cache.draft(of);
    ASSERT_TRUE(draft);
    ASSERT_EQ(::write(draft->file.get(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
    cache.keep(*draft);
  }
  void used_ago(int number, std::chrono::minutes ago) const {
    fs::last_write_time(root_ / key(number), fs::file_time_type::clock::now() - ago);
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(root_), fs::directory_iterator()));
  }

  test::TempDir dir_;
  const fs::path root_ = dir_.path() / "not/yet/there";
  PageCache cache_{root_.string(), 64 * block};
};

TEST_F(PageCacheTest, FindsWhatWasKeptAndNothingElse) {
  EXPECT_FALSE(cache_.find(key(1)));
  keep(cache_, key(1), "one");
  EXPECT_EQ(content_of(cache_.find(key(1))), "one");
  EXPECT_FALSE(cache_.find(key(2)));
  EXPECT_EQ(cache_.hits(), 1U);
}

TEST_F(PageCacheTest, ADraftIsNotSeenAndLeavesNothing) {
  {
    const auto draft = cache_.draft(key(1));
    ASSERT_TRUE(draft);
    EXPECT_FALSE(cache_.find(key(1)));
    EXPECT_EQ(files(), 1U);
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(PageCacheTest, AForgottenEntryIsGoneAndNoHit) {
  keep(cache_, key(1), "damaged");
  EXPECT_TRUE(cache_.find(key(1)));
  cache_.forget(key(1));
  EXPECT_EQ(cache_.hits(), 0U);
  EXPECT_FALSE(cache_.find(key(1)));
}

TEST_F(PageCacheTest, WhatIsEmptyOrTooLargeIsNotKept) {
  keep(cache_, key(1), "");
  keep(cache_, key(2), std::string(8 * block + 1, 'x'));
  EXPECT_FALSE(cache_.find(key(1)));
  EXPECT_FALSE(cache_.find(key(2)));
  EXPECT_EQ(files(), 0U);
  keep(cache_, key(3), std::string(8 * block, 'x'));
  EXPECT_TRUE(cache_.find(key(3)));
}

TEST_F(PageCacheTest, TheBoundHoldsAtEveryMoment) {
  for (int i = 0; i < 300; ++i) {
    keep(cache_, key(i), "entry");
    ASSERT_LE(files(), 64U) << "after entry " << i;
  }
  EXPECT_TRUE(cache_.find(key(299)));
  EXPECT_FALSE(cache_.find(key(0)));
}

TEST_F(PageCacheTest, WhatWasUsedLongestAgoGoesFirst) {
  for (int i = 0; i < 60; ++i) {
    keep(cache_, key(i), "entry");
    used_ago(i, std::chrono::minutes(100 - i));
  }
  EXPECT_TRUE(cache_.find(key(3)));  // used now
  for (int i = 60; i < 66; ++i) keep(cache_, key(i), "entry");
  EXPECT_TRUE(cache_.find(key(3)));
  EXPECT_FALSE(cache_.find(key(0)));
  EXPECT_FALSE(cache_.find(key(1)));
  EXPECT_TRUE(cache_.find(key(59)));
}

TEST_F(PageCacheTest, TwoProcessesShareItWithinTheBound) {
  PageCache other(root_.string(), 64 * block);
  for (int i = 0; i < 300; ++i) {
    keep(i % 2 == 0 ? cache_ : other, key(i), "entry");
    ASSERT_LE(files(), 64U + 4U) << "after entry " << i;
  }
  EXPECT_EQ(content_of(other.find(key(298))), "entry");
  keep(other, key(298), "again");  // both have recognised it: one stays
  EXPECT_EQ(content_of(cache_.find(key(298))), "again");
}

TEST_F(PageCacheTest, ManyAtOnceSeeWholeEntriesOnly) {
  const auto work = [this] {
    PageCache mine(root_.string(), 64 * block);
    for (int i = 0; i < 400; ++i) {
      if (auto file = mine.find(key(i % 80))) {
        EXPECT_EQ(content_of(file), "whole");
      } else {
        keep(mine, key(i % 80), "whole");
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  EXPECT_LE(files(), 64U + 3 * 4U);
}

TEST_F(PageCacheTest, DraftsOfDeadProcessesGoAndStrangersFilesStay) {
  fs::create_directories(root_);
  for (const auto* name : {"new-AAAAAA", "new-BBBBBB", "notes.txt"}) std::ofstream(root_ / name) << "x";
  fs::last_write_time(root_ / "new-AAAAAA", fs::file_time_type::clock::now() - std::chrono::hours(2));
  fs::last_write_time(root_ / "notes.txt", fs::file_time_type::clock::now() - std::chrono::hours(2));
  keep(cache_, key(1), "one");
  EXPECT_FALSE(fs::exists(root_ / "new-AAAAAA"));
  EXPECT_TRUE(fs::exists(root_ / "new-BBBBBB"));
  EXPECT_TRUE(fs::exists(root_ / "notes.txt"));
}

TEST_F(PageCacheTest, ADirectoryThatCannotBeMadeCostsNothing) {
  std::ofstream(dir_.path() / "file") << "x";
  PageCache nowhere((dir_.path() / "file/cache").string(), 64 * block);
  EXPECT_FALSE(nowhere.find(key(1)));
  EXPECT_FALSE(nowhere.draft(key(1)));
  nowhere.forget(key(1));
}

TEST_F(PageCacheTest, ALinkIsNoEntry) {
  fs::create_directories(root_);
  fs::create_symlink("/etc/passwd", root_ / key(1));
  EXPECT_FALSE(cache_.find(key(1)));
}

}  // namespace
}  // namespace docmill
