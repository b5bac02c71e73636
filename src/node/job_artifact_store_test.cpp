#include "node/job_artifact_store.hpp"

#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <fcntl.h>
#include <fstream>

#include "tests/support/sync_store.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class JobStore : public testing::Test {
 protected:
  JobStore() : root_(dir_.path() / "store"), files_(root_, true), store_(loop_, files_) {}

  static ArtifactOwner owner(int part = 0) { return ArtifactOwner{JobId{"job"}, TaskRef{7, part}, "/in/scan.pdf"}; }

  Status put(const ArtifactOwner& owner, const std::string& name, const std::string& text) {
    DOCMILL_TRY(file, store_.create(owner, name));
    EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return store_.publish(owner, {name}, "{\"artifacts\":[]}\n");
  }

  test::TempDir dir_;
  const fs::path root_;
  boost::asio::io_context loop_;
  JobArtifactStore files_;
  test::SyncStore store_;
};

TEST_F(JobStore, KeepsOutputsByJobAndDocument) {
  ASSERT_TRUE(put(owner(), "txt", "hello"));
  EXPECT_EQ(read(root_ / "job/7/txt"), "hello");
  EXPECT_EQ(read(root_ / "job/7/json"), "{\"artifacts\":[]}\n");
  ASSERT_TRUE(put(owner(), "txt", "hello again")) << "repeating it is harmless";
  const auto file = store_.open(owner(), "txt");
  ASSERT_TRUE(file);
  EXPECT_EQ(store_.open(owner(), "pdf").error().code, ErrorCode::not_found);
}

TEST_F(JobStore, PutsFullPagesIntoTheRecord) {
  ASSERT_TRUE(put(owner(), "json", "[1,2]"));
  EXPECT_EQ(read(root_ / "job/7/json"), "{\"artifacts\":[],\n\"pages\":[1,2]}\n");
}

TEST_F(JobStore, PartsCanBeReadByAnotherNodeUntilTheMerge) {
  ASSERT_TRUE(put(owner(2), "tree", "leaves"));
  JobArtifactStore elsewhere(root_, false);
  test::SyncStore other(loop_, elsewhere);
  EXPECT_TRUE(other.open(owner(2), "tree"));
  other.remove_parts(owner());
  EXPECT_EQ(store_.open(owner(2), "tree").error().code, ErrorCode::not_found);
}

TEST_F(JobStore, RemovesAJobWhole) {
  ASSERT_TRUE(put(owner(), "txt", "hello"));
  ASSERT_TRUE(put(owner(3), "tree", "leaves"));
  EXPECT_TRUE(store_.remove_job(JobId{"job"}));
  EXPECT_FALSE(fs::exists(root_ / "job"));
  EXPECT_TRUE(store_.remove_job(JobId{"job"})) << "what is not there is removed";
}

TEST_F(JobStore, WhatIsNotPublishedIsNotSeenAndLeavesNothing) {
  ASSERT_TRUE(store_.create(owner(), "txt"));
  store_.discard(owner());
  EXPECT_FALSE(fs::exists(root_ / "job"));
  ASSERT_TRUE(store_.create(owner(), "hocr"));
  ASSERT_TRUE(put(owner(), "txt", "hello"));
  EXPECT_FALSE(fs::exists(root_ / "job/7/hocr"));
  const auto scratch = fs::directory_iterator(root_ / "tmp")->path();
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch), {}), 1) << "the lock alone";
}

TEST(ScratchDirectory, RemovesWhatTheDeadLeftAndNothingElse) {
  const test::TempDir dir;
  fs::create_directories(dir.path() / "dead");
  std::ofstream(dir.path() / "dead/lock") << "";
  std::ofstream(dir.path() / "dead/1") << "left";
  const ScratchDirectory living(dir.path());
  EXPECT_FALSE(fs::exists(dir.path() / "dead"));
  fs::path gone;
  {
    const ScratchDirectory other(dir.path());
    gone = other.path();
    EXPECT_TRUE(fs::exists(living.path()) && fs::exists(gone));
  }
  EXPECT_FALSE(fs::exists(gone));
}

}  // namespace
}  // namespace docmill
