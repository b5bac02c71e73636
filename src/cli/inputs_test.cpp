#include "cli/inputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "node/sources.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Inputs : public testing::Test {
 protected:
  Inputs() : before_(fs::current_path()) {
    fs::current_path(directory_.path());
    here_ = fs::current_path();
    request_.output = "out";
  }
  ~Inputs() override { fs::current_path(before_); }

  void make(const std::string& path, const std::string& content = "x") {
    if (const auto parent = fs::path(path).parent_path(); !parent.empty()) fs::create_directories(parent);
    std::ofstream(path) << content;
  }
  Result<InputList> list(std::vector<std::string> paths) {
    request_.paths = std::move(paths);
    return list_inputs(request_);
  }
  // Where the outputs go, and that each name opens the file.
  std::vector<std::string> stems(std::vector<std::string> paths) {
    const auto found = list(std::move(paths));
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> result;
    if (!found) return result;
    for (const auto& input : found->documents) result.emplace_back(output_stem(input.name));
    return result;
  }

  test::TempDir directory_;
  fs::path before_;
  fs::path here_;
  InputRequest request_;
};

TEST_F(Inputs, OneDirectoryIsMirroredFromItsTop) {
  make("scans/b.pdf");
  make("scans/1998/a.PNG");
  EXPECT_THAT(stems({"scans"}), ElementsAre("1998/a.PNG", "b.pdf"));
  EXPECT_THAT(stems({(here_ / "scans/").string()}), ElementsAre("1998/a.PNG", "b.pdf"));
}

TEST_F(Inputs, SeveralDirectoriesArePrefixedByTheirNames) {
  make("x/one/a.pdf");
  make("y/two/a.pdf");
  EXPECT_THAT(stems({"x/one", "y/two"}), ElementsAre("one/a.pdf", "two/a.pdf"));
}

TEST_F(Inputs, RelativeFilesAreMirroredAsGivenWithoutDots) {
  make("a/b.pdf");
  make("c.pdf");
  EXPECT_THAT(stems({"./a/../a/b.pdf", "c.pdf"}), ElementsAre("a/b.pdf", "c.pdf"));
}

TEST_F(Inputs, AbsoluteFilesAreMirroredFromTheirCommonParent) {
  make("p/a/1.pdf");
  make("p/ab/2.pdf");
  EXPECT_THAT(stems({(here_ / "p/a/1.pdf").string(), (here_ / "p/ab/2.pdf").string()}),
              ElementsAre("a/1.pdf", "ab/2.pdf"));
  EXPECT_THAT(stems({(here_ / "p/a/1.pdf").string()}), ElementsAre("1.pdf"));
}

TEST_F(Inputs, FilesAboveHereNeverLeaveTheOutputDirectory) {
  make("up.pdf");
  make("deep/er/x.pdf");
  fs::current_path(here_ / "deep");
  EXPECT_THAT(stems({"../up.pdf"}), ElementsAre("up.pdf"));
  EXPECT_THAT(stems({"../up.pdf", "er/x.pdf"}), ElementsAre("up.pdf", "er/x.pdf"));
}

TEST_F(Inputs, NamesOpenTheirFilesAndKnowSizeAndTime) {
  make("scans/a.pdf", "12345");
  const auto found = list({"scans"});
  ASSERT_TRUE(found);
  EXPECT_TRUE(fs::exists(found->documents[0].name));
  EXPECT_EQ(plain_path(found->documents[0].name), (here_ / "scans/a.pdf").string());
  EXPECT_EQ(found->documents[0].size, 5U);
  EXPECT_GT(found->documents[0].modified_ns, 0);
}

TEST_F(Inputs, HiddenFilesOtherTypesAndTheOutputDirectoryAreLeftOut) {
  make("scans/.hidden.pdf");
  make("scans/.git/a.pdf");
  make("scans/notes.txt");
  make("scans/a.pdf");
  make("scans/out/old.pdf");
  request_.output = "scans/out";
  const auto found = list({"scans"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->documents.size(), 1U);
  EXPECT_EQ(found->skipped, 1U);
  EXPECT_THAT(stems({"scans/notes.txt"}), ElementsAre("scans/notes.txt"));  // asked for by name: taken
}

TEST_F(Inputs, InPlaceTheOutputsOfEarlierRunsAreNoInputs) {
  make("scans/a.png");
  make("scans/a.png.pdf");
  make("scans/a.png.json");
  make("scans/b.png.pdf");
  request_.output = "scans";
  EXPECT_THAT(stems({"scans"}), ElementsAre("a.png", "b.png.pdf"));
}

TEST_F(Inputs, AMissingFileIsADocumentThatWillFail) { EXPECT_THAT(stems({"missing.pdf"}), ElementsAre("missing.pdf")); }

TEST_F(Inputs, ADirectoryWithoutDocumentsIsAnError) {
  make("scans/notes.txt");
  const auto found = list({"scans"});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
  EXPECT_THAT(found.error().message, HasSubstr("there are no documents in scans (left out: 1 file not"));
}

TEST_F(Inputs, PatternsThatTheShellLeftAreExpanded) {
  make("a1.pdf");
  make("a2.pdf");
  make("odd[1].pdf");
  EXPECT_THAT(stems({"a?.pdf"}), ElementsAre("a1.pdf", "a2.pdf"));
  EXPECT_THAT(stems({"odd[1].pdf"}), ElementsAre("odd[1].pdf"));  // it exists under that very name
  EXPECT_THAT(list({"z*.pdf"}).error().message, HasSubstr("no file fits the pattern z*.pdf"));
}

TEST_F(Inputs, ListsHaveNamesOfAnyBytes) {
  make("new\nline.pdf");
  make("latin-\xE9.pdf");
  make("list", std::string("new\nline.pdf\0\0latin-\xE9.pdf\0", 27));
  request_.from = "list";
  request_.separator = '\0';
  EXPECT_THAT(stems({}), ElementsAre("new\nline.pdf", "latin-\xE9.pdf"));
  request_.separator = '\n';
  EXPECT_THAT(list({}).error().message, HasSubstr("--null"));
}

TEST_F(Inputs, AListThatCannotBeReadIsAnError) {
  request_.from = "no-list";
  EXPECT_EQ(list({}).error().code, ErrorCode::not_found);
  fs::create_directory("directory");
  request_.from = "directory";
  EXPECT_FALSE(list({}));
}

TEST_F(Inputs, TheSameDocumentTwiceIsOne) {
  make("a.pdf");
  EXPECT_THAT(stems({"a.pdf", "./a.pdf", "a.pdf"}), ElementsAre("a.pdf"));
}

TEST_F(Inputs, TwoDocumentsWithTheSameOutputsAreRefusedByName) {
  make("x/s/a.pdf");
  make("y/s/a.pdf");
  const auto found = list({"x/s", "y/s"});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("x/s/a.pdf"));
  EXPECT_THAT(found.error().message, HasSubstr("y/s/a.pdf"));
}

TEST_F(Inputs, LinksToDirectoriesAreNotFollowed) {
  make("scans/a.pdf");
  fs::create_directory_symlink("..", "scans/loop");
  EXPECT_THAT(stems({"scans"}), ElementsAre("a.pdf"));
}

TEST(AbsolutePath, ResolvesDotsWithoutLookingAtTheDisk) {
  EXPECT_EQ(absolute_path("/a/b", "c"), "/a/b/c");
  EXPECT_EQ(absolute_path("/a/b", "../../../c//./d/"), "/c/d");
  EXPECT_EQ(absolute_path("/", "c"), "/c");
  EXPECT_EQ(absolute_path("/a", "/"), "/");
  EXPECT_EQ(absolute_path("/a", ""), "/a");
}

}  // namespace
}  // namespace docmill::cli
