#include "processors/part_file.hpp"

#include <gtest/gtest.h>

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
  Output output(file.get(), "pages");
  for (const auto& page : pages) EXPECT_TRUE(write_page(output, page));
  EXPECT_TRUE(output.flush());
  return content_of(file);
}

void expect_read_back(const std::vector<PageResult>& pages) {
  const auto file = memory_file(written(pages));
  std::size_t count = 0;
  const auto status = read_pages(file.get(), [&](PageResult page) {
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

TEST(PartFile, IsReadBackWhereLinesAndFilesAreLongerThanTheReadersChunk) {
  auto page = sample(1, std::string(900'000, 'x'));
  page.files["preprocessing"] = std::string(700'000, '\n');
  expect_read_back({page, sample(2)});
}

TEST(PartFile, IsMuchSmallerThanTheTreesOfItsPages) {
  auto page = sample(1);
  const auto line = page.text.blocks[0].paragraphs[0].lines[0];
  for (int i = 0; i < 300; ++i) {
    auto next = line;
    next.box.top += 10.0 * i;
    next.words[0].text += std::to_string(i);
    page.text.blocks[0].paragraphs[0].lines.push_back(next);
  }
  const auto tree = to_json(page.text, true);
  EXPECT_LT(written({page}).size(), tree.size() / 4);
}

TEST(PartFile, HasNoPagesWhereItIsEmpty) { expect_read_back({}); }

TEST(PartFile, IsReadUntilTheFirstFailure) {
  const auto file = memory_file(written({sample(1), sample(2)}));
  int calls = 0;
  const auto status = read_pages(file.get(), [&](const PageResult&) -> Status {
    ++calls;
    return fail(ErrorCode::cancelled, "enough");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

TEST(PartFile, IsUnreadableWhereItIsCutOff) {
  const auto whole = written({sample(1), sample(2)});
  const auto page = whole.size() / 2;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    if (size == page) continue;
    const auto file = memory_file(whole.substr(0, size));
    const auto status = read_pages(file.get(), [](const PageResult&) { return Status(); });
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().code, ErrorCode::unreadable);
  }
}

}  // namespace
}  // namespace docmill
