#include "node/tree_artifact_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/support/sync_store.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class TreeStore : public testing::Test {
 protected:
  TreeStore() : output_(dir_.path() / "out") {
    fs::create_directories(output_ / ".docmill");
    open_store();
  }

  void open_store(bool overwrite = false) {
    TreeStoreOptions options;
    options.output = output_;
    options.state = output_ / ".docmill";
    options.path_of = [this](const std::string& document) {
      return document.starts_with(dir_.path().string()) ? fs::relative(document, dir_.path()).string() : document;
    };
    options.overwrite = overwrite;
    tree_ = std::make_unique<TreeArtifactStore>(options);
    store_.emplace(loop_, *tree_);
  }

  static ArtifactOwner owner(const std::string& document, int part = 0) {
    return ArtifactOwner{JobId{"job"}, TaskRef{1, part}, document};
  }

  static std::string record(const std::string& document, const std::string& artifacts) {
    return R"({"schema":"docmill.record/1","document":")" + document + R"(","artifacts":[)" + artifacts + "]}\n";
  }

  // Creates, writes and publishes one text.
  Status publish_text(const std::string& document, const std::string& text) {
    DOCMILL_CHECK(store_->check(owner(document)));
    DOCMILL_TRY(file, store_->create(owner(document), "txt"));
    EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return store_->publish(owner(document), {"txt"}, record(document, R"({"name":"txt"})"));
  }

  std::size_t leftovers() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(output_ / ".docmill/tmp"), {})) +
           static_cast<std::size_t>(std::distance(fs::directory_iterator(output_ / ".docmill/claims"), {}));
  }

  test::TempDir dir_;
  fs::path output_;
  boost::asio::io_context loop_;
  std::unique_ptr<TreeArtifactStore> tree_;
  std::optional<test::SyncStore> store_;
};

TEST(ArtifactPath, MapsNamesToFiles) {
  EXPECT_EQ(artifact_path("a/scan.pdf", "txt"), "a/scan.pdf.txt");
  EXPECT_EQ(artifact_path("a/scan.pdf", "json"), "a/scan.pdf.json");
  EXPECT_EQ(artifact_path("a/scan.pdf", "alto"), "a/scan.pdf.alto.xml");
  EXPECT_EQ(artifact_path("a/scan.pdf", "blocks"), "a/scan.pdf.blocks.json");
  EXPECT_EQ(artifact_path("a/scan.PDF", "pdf"), "a/scan.PDF");
  EXPECT_EQ(artifact_path("a/scan.png", "pdf"), "a/scan.png.pdf");
}

TEST_F(TreeStore, PublishesInTheSameTree) {
  ASSERT_TRUE(publish_text("a/b/scan.pdf", "hello"));
  EXPECT_EQ(read(output_ / "a/b/scan.pdf.txt"), "hello");
  EXPECT_EQ(read(output_ / "a/b/scan.pdf.json"), record("a/b/scan.pdf", R"({"name":"txt"})"));
  EXPECT_EQ(leftovers(), 0U);
}

TEST_F(TreeStore, NothingIsVisibleBeforePublication) {
  ASSERT_TRUE(store_->create(owner("scan.pdf"), "txt"));
  EXPECT_FALSE(fs::exists(output_ / "scan.pdf.txt"));
  store_->discard(owner("scan.pdf"));
  EXPECT_EQ(leftovers(), 0U);
}

TEST_F(TreeStore, FullPagesBecomePartOfTheRecord) {
  const auto file = store_->create(owner("scan.pdf"), "json");
  ASSERT_TRUE(file);
  ASSERT_EQ(::write(file->get(), "[{\"page\":1}]", 12), 12);
  ASSERT_TRUE(store_->publish(owner("scan.pdf"), {"json"}, R"({"schema":"docmill.record/1"})"));
  EXPECT_EQ(read(output_ / "scan.pdf.json"), "{\"schema\":\"docmill.record/1\",\n\"pages\":[{\"page\":1}]}\n");
}

TEST_F(TreeStore, ReplacesItsOwnOutputs) {
  ASSERT_TRUE(publish_text("scan.pdf", "old"));
  open_store();
  ASSERT_TRUE(publish_text("scan.pdf", "new"));
  EXPECT_EQ(read(output_ / "scan.pdf.txt"), "new");
}

TEST_F(TreeStore, NeverReplacesWhatIsNotItsOwn) {
  std::ofstream(output_ / "scan.pdf.txt") << "precious";
  const auto published = publish_text("scan.pdf", "new");
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::output_exists);
  EXPECT_NE(published.error().message.find("--overwrite"), std::string::npos);
  EXPECT_EQ(read(output_ / "scan.pdf.txt"), "precious");
}

TEST_F(TreeStore, NeverReplacesAForeignFileThatAppearedDuringTheWork) {
  ASSERT_TRUE(store_->check(owner("scan.pdf")));
  ASSERT_TRUE(store_->create(owner("scan.pdf"), "txt"));
  std::ofstream(output_ / "scan.pdf.txt") << "precious";
  const auto published = store_->publish(owner("scan.pdf"), {"txt"}, record("scan.pdf", ""));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::output_exists);
  EXPECT_EQ(read(output_ / "scan.pdf.txt"), "precious");
}

TEST_F(TreeStore, ARecordOfAnotherDocumentOrMakerIsForeign) {
  std::ofstream(output_ / "scan.pdf.json") << record("other.pdf", R"({"name":"txt"})");
  EXPECT_EQ(store_->check(owner("scan.pdf")).error().code, ErrorCode::output_exists);
  std::ofstream(output_ / "scan.pdf.json") << R"({"my":"data"})";
  EXPECT_EQ(store_->check(owner("scan.pdf")).error().code, ErrorCode::output_exists);
}

TEST_F(TreeStore, OverwritesForeignFilesWhenToldTo) {
  std::ofstream(output_ / "scan.pdf.txt") << "not so precious";
  open_store(true);
  ASSERT_TRUE(publish_text("scan.pdf", "new"));
  EXPECT_EQ(read(output_ / "scan.pdf.txt"), "new");
}

TEST_F(TreeStore, NeverWritesOntoTheInput) {
  const fs::path input = output_ / "scan.pdf";
  std::ofstream(input) << "the original";
  TreeStoreOptions options;
  options.output = output_;
  options.state = output_ / ".docmill";
  options.path_of = [](const std::string& document) { return fs::path(document).filename().string(); };
  options.overwrite = true;
  TreeArtifactStore store(options);
  const auto file = store.create(owner(input), "pdf");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::output_exists);
  EXPECT_NE(file.error().message.find("would overwrite the input"), std::string::npos);
  EXPECT_EQ(read(input), "the original");
}

TEST_F(TreeStore, NeverLeavesTheOutputDirectory) {
  EXPECT_EQ(store_->check(owner("../outside.pdf")).error().code, ErrorCode::access_denied);
  EXPECT_EQ(store_->check(owner("a/../../outside.pdf")).error().code, ErrorCode::access_denied);
  fs::create_directory(dir_.path() / "elsewhere");
  fs::create_directory_symlink(dir_.path() / "elsewhere", output_ / "link");
  EXPECT_EQ(store_->check(owner("link/scan.pdf")).error().code, ErrorCode::access_denied);
  EXPECT_FALSE(publish_text("link/scan.pdf", "escaped"));
  EXPECT_TRUE(fs::is_empty(dir_.path() / "elsewhere"));
}

TEST_F(TreeStore, APublicationThatEndedHalfWayCanBeRepeated) {
  ASSERT_TRUE(store_->create(owner("scan.pdf"), "txt"));
  fs::create_directory(output_ / "scan.pdf.json");  // the record, which comes last, cannot be put in place
  ASSERT_FALSE(store_->publish(owner("scan.pdf"), {"txt"}, record("scan.pdf", R"({"name":"txt"})")));
  ASSERT_TRUE(fs::exists(output_ / "scan.pdf.txt"));
  fs::remove(output_ / "scan.pdf.json");
  open_store();
  ASSERT_TRUE(publish_text("scan.pdf", "new"));
  EXPECT_EQ(read(output_ / "scan.pdf.txt"), "new");
  EXPECT_EQ(leftovers(), 0U);
}

TEST_F(TreeStore, OlderOutputsStayOursWhenTheNewestRecordDoesNotNameThem) {
  ASSERT_TRUE(publish_text("scan.pdf", "old"));
  ASSERT_TRUE(store_->publish(owner("scan.pdf"), {}, record("scan.pdf", "")));
  open_store();
  ASSERT_TRUE(publish_text("scan.pdf", "new"));
  EXPECT_EQ(read(output_ / "scan.pdf.txt"), "new");
  EXPECT_EQ(leftovers(), 0U);
}

TEST_F(TreeStore, PartsStayInTheStateDirectoryUntilTheMerge) {
  const auto file = store_->create(owner("scan.pdf", 2), "tree");
  ASSERT_TRUE(file);
  ASSERT_EQ(::write(file->get(), "tree", 4), 4);
  ASSERT_TRUE(store_->publish(owner("scan.pdf", 2), {"tree"}, "{}"));
  EXPECT_TRUE(fs::is_empty(output_) || !fs::exists(output_ / "scan.pdf.json"));
  open_store();
  EXPECT_TRUE(store_->open(owner("scan.pdf", 2), "tree")) << "parts outlive the process";
  store_->remove_parts(owner("scan.pdf"));
  EXPECT_EQ(store_->open(owner("scan.pdf", 2), "tree").error().code, ErrorCode::not_found);
}

TEST_F(TreeStore, ADirectoryInTheWayIsSaidSo) {
  fs::create_directories(output_ / "scan.pdf.json");
  EXPECT_EQ(store_->check(owner("scan.pdf")).error().code, ErrorCode::output_exists);
}

TEST_F(TreeStore, NamesMayHoldAnyBytes) {
  const std::string name = "two\nlines \xFF.pdf";
  DOCMILL_ASSERT(store_->check(owner(name)));
  ASSERT_TRUE(store_->create(owner(name), "txt"));
  ASSERT_TRUE(store_->publish(owner(name), {"txt"}, "{}"));
  EXPECT_TRUE(fs::exists(output_ / (name + ".txt")));
}

}  // namespace
}  // namespace docmill
