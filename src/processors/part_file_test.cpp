#include "processors/part_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>
#include <utility>

#include "processors/test_support.hpp"

namespace docmill {
namespace {

PageResult sample(int number, std::string word = "word") {
  PageResult page;
  page.text.number = number;
  page.text.width = 100;
  page.text.height = 50;
  Line line;
  line.box = {1, 2, 30, 40};
  line.words = {{std::move(word), line.box, 0.5}};
  page.text.blocks = {{line.box, {{line.box, {line}}}}};
  page.notes["nlp"] = R"({"a":"b\n"})";
  page.files["preprocessing"] = std::string("\0\n\xFF bytes", 9);
  return page;
}

std::string written(const std::vector<PageResult>& pages) {
  const auto file = memory_file();
  PartWriter writer(file.get(), "pages");
  for (const auto& page : pages) EXPECT_TRUE(writer.page(page));
  EXPECT_TRUE(writer.finish());
  return content_of(file);
}

void expect_read_back(const std::vector<PageResult>& pages) {
  const auto file = memory_file(written(pages));
  std::size_t count = 0;
  const auto status = PartReader().read(file.get(), [&](PageResult page, PartReader::Files files) {
    EXPECT_EQ(files, PartReader::Files::whole);
    const auto& expected = pages.at(count++);
    EXPECT_EQ(page.text, expected.text);
    EXPECT_EQ(page.notes, expected.notes);
    EXPECT_EQ(page.files, expected.files);
    return Status();
  });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(count, pages.size());
}

TEST(PartFile, IsReadBackPageByPage) { expect_read_back({sample(1), sample(2), sample(5)}); }

TEST(PartFile, IsReadBackWhereItsPagesFillManyFrames) {
  auto page = sample(1, std::string(900'000, 'x'));
  page.files["preprocessing"] = std::string(700'000, '\n');
  expect_read_back({page, sample(2)});
}

// Of 40 lines of 12 words that lie askew, as large as letters of this font would be.
PageResult full_page(std::mt19937& random) {
  PageResult page;
  Paragraph paragraph;
  for (int row = 0; row < 40; ++row) {
    constexpr double slope = 0.011;
    Line line{{200, 200 + 60.0 * row, 2200, 265 + 60.0 * row}, slope, -32, false, {}};
    for (double x = 200; line.words.size() < 12; x += 12 + static_cast<double>(random() % 5)) {
      const auto letters = 2 + random() % 9;
      std::string text;
      for (std::size_t i = 0; i < letters; ++i) text += "etaoinshrdlu"[random() % 12];
      const double width = 16.3 * static_cast<double>(letters) + static_cast<double>(random() % 16) / 10;
      const double baseline = line.box.bottom + line.baseline_offset + slope * (x - 200);
      const double top = baseline - (random() % 2 == 0 ? 26 : 36) - static_cast<double>(random() % 8) / 10;
      line.words.push_back(
          {text, {x, top, x + width, baseline + slope * width}, 0.95 + static_cast<double>(random() % 20) / 1000});
      x += width;
    }
    paragraph.lines.push_back(line);
  }
  page.text.blocks = {{{200, 200, 2200, 2700}, {paragraph}}};
  return page;
}

TEST(PartFile, TakesLittleRoomForFullPages) {
  constexpr std::size_t most = 4'600;  // bytes: of 10,000 pages, beside some megabytes of the queue, 64 MB in all
  std::mt19937 random(1);
  std::vector<PageResult> pages;
  for (int i = 0; i < 4; ++i) pages.push_back(full_page(random));
  EXPECT_LT(written(pages).size(), pages.size() * most);
}

TEST(PartFile, HasNoPagesWhereItIsEmpty) { expect_read_back({}); }

TEST(PartFile, IsReadUntilTheFirstFailure) {
  const auto file = memory_file(written({sample(1), sample(2)}));
  int calls = 0;
  const auto status = PartReader().read(file.get(), [&](const PageResult&, PartReader::Files) -> Status {
    ++calls;
    return fail(ErrorCode::cancelled, "enough");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

TEST(PartFile, IsUnreadableWhereItIsCutOff) {
  const auto whole = written({sample(1), sample(2)});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto file = memory_file(whole.substr(0, size));
    const auto status = PartReader().read(file.get(), [](const PageResult&, PartReader::Files) { return Status(); });
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().code, ErrorCode::unreadable);
  }
}

// -- The room of files that were read.

constexpr std::size_t image_size = 200'000;

PageResult page_with_image(int number) {
  auto page = sample(number);
  std::string image(image_size, '\0');
  std::uint32_t state = 1;
  for (auto& byte : image) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  page.files["preprocessing"] = std::move(image);
  return page;
}

std::int64_t room_of(const Descriptor& file) {
  struct stat status{};
  EXPECT_EQ(::fstat(file.get(), &status), 0);
  return std::int64_t{status.st_blocks} * 512;
}

// The pages of the file, by what has become of their files.
std::pair<std::vector<int>, std::vector<int>> whole_and_gone(PartReader reader, const Descriptor& file) {
  std::pair<std::vector<int>, std::vector<int>> found;
  const auto status = reader.read(file.get(), [&](const PageResult& page, PartReader::Files files) {
    EXPECT_EQ(plain_text(page.text), "word\n");
    const bool is_whole = files == PartReader::Files::whole;
    EXPECT_EQ(page.files.size(), is_whole ? 1U : 0U);
    (is_whole ? found.first : found.second).push_back(page.text.number);
    return Status();
  });
  EXPECT_TRUE(status) << status.error().message;
  return found;
}

TEST(PartReader, GivesBackTheRoomOfFilesBeyondWhatMayStay) {
  const auto file = memory_file(written({page_with_image(1), page_with_image(2), page_with_image(3)}));
  const PartReader reader(image_size * 3 / 2);
  EXPECT_EQ(whole_and_gone(reader, file), std::pair(std::vector{1, 2, 3}, std::vector<int>()));
  EXPECT_LT(room_of(file), static_cast<std::int64_t>(image_size) * 3 / 2);
  EXPECT_EQ(whole_and_gone(reader, file), std::pair(std::vector{1}, std::vector{2, 3}));
}

TEST(PartReader, KeepsTheFilesOfShortDocuments) {
  const auto file = memory_file(written({page_with_image(1), page_with_image(2)}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(whole_and_gone(PartReader(), file), std::pair(std::vector{1, 2}, std::vector<int>()));
  }
}

TEST(PartReader, KeepsTheFileOfAPageThatCouldNotBeUsed) {
  const auto file = memory_file(written({page_with_image(1)}));
  const auto refuse = [](const PageResult&, PartReader::Files) -> Status { return fail(ErrorCode::internal, "no"); };
  ASSERT_FALSE(PartReader(0).read(file.get(), refuse));
  EXPECT_EQ(whole_and_gone(PartReader(), file).first, std::vector{1});
}

TEST(PartReader, LeavesNothingBetweenThePagesThatItGivesBack) {
  std::vector<PageResult> pages;
  for (int number = 1; number <= 40; ++number) pages.push_back(page_with_image(number));
  const auto file = memory_file(written(pages));
  EXPECT_EQ(whole_and_gone(PartReader(0), file).first.size(), 40U);
  EXPECT_LT(room_of(file), 3 * 4096);
  EXPECT_EQ(whole_and_gone(PartReader(), file).second.size(), 40U);
}

TEST(PartReader, LeavesFilesThatAreKeptWhereTheyAreUntilTheyAreGivenBack) {
  const auto file = memory_file(written({page_with_image(1), page_with_image(2)}));
  const auto before = room_of(file);
  std::vector<std::shared_ptr<StoredFiles>> kept;
  ASSERT_TRUE(PartReader(0).read(file.get(), [&](const PageResult& page, PartReader::Files) {
    kept.push_back(page.stored);
    return Status();
  }));
  EXPECT_EQ(room_of(file), before);
  ASSERT_EQ(kept.size(), 2U);
  const auto image = kept[1]->read("preprocessing");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(*image, page_with_image(2).files["preprocessing"]);
  EXPECT_FALSE(kept[1]->read("validation"));
  kept[1]->give_back();
  EXPECT_EQ(kept[1]->read("preprocessing").error().code, ErrorCode::unreadable);
  EXPECT_EQ(whole_and_gone(PartReader(), file), std::pair(std::vector{1}, std::vector{2}));
}

TEST(PartReader, NoticesAFileThatTheDiskHasAltered) {
  auto bytes = written({page_with_image(1)});
  bytes[image_size / 2] ^= 1;
  EXPECT_EQ(whole_and_gone(PartReader(), memory_file(bytes)).second, std::vector{1});
}

}  // namespace
}  // namespace docmill
