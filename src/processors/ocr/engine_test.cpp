#include "processors/ocr/engine.hpp"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "processors/ocr/engine_test_support.hpp"
#include "processors/page_test_support.hpp"

namespace docmill::ocr {
namespace {

using testing::HasSubstr;

EngineSetup setup_of(std::vector<std::string> languages) {
  EngineSetup setup;
  setup.languages = std::move(languages);
  return setup;
}

std::vector<Line> lines_of(const std::vector<Block>& blocks) {
  std::vector<Line> lines;
  for (const auto& block : blocks) {
    for (const auto& paragraph : block.paragraphs) {
      lines.insert(lines.end(), paragraph.lines.begin(), paragraph.lines.end());
    }
  }
  return lines;
}

std::string text_of(const Line& line) {
  std::string text;
  for (const auto& word : line.words) text.append(text.empty() ? "" : " ").append(word.text);
  return text;
}

int thread_count() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Threads:")) return std::stoi(line.substr(8));
  }
  return 0;
}

// What the engine does with the pixels of a line, through the calls that it uses itself.
TEST(Engine, PacksLinesWithoutLoss) {
  english();
  const auto line = text_page(100, 10);
  l_uint8* data = nullptr;
  size_t size = 0;
  ASSERT_EQ(pixWriteMem(&data, &size, line.pix(), IFF_PNG), 0);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(data), 4), "spix");
  const Image unpacked(pixReadMem(data, size));
  lept_free(data);
  l_int32 same = 0;
  ASSERT_EQ(pixEqual(line.pix(), unpacked.pix(), &same), 0);
  EXPECT_EQ(same, 1);
}

TEST(Engine, LeavesOtherFormatsToLeptonica) {
  const auto page = text_page(100, 10);
  l_uint8* data = nullptr;
  size_t size = 0;
  ASSERT_EQ(pixWriteMem(&data, &size, page.pix(), IFF_PNM), 0);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(data), 2), "P5");
  lept_free(data);
}

TEST(Engine, ReadsADrawnPage) {
  const auto recognition = english().recognise(text_page(300, 10), automatic_segmentation);
  ASSERT_TRUE(recognition) << recognition.error().message;
  const auto lines = lines_of(recognition->blocks);
  ASSERT_EQ(lines.size(), text_lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(text_of(lines[i]), text_lines[i]);
  EXPECT_EQ(recognition->rotation, 0);
}

TEST(Engine, TellsWhereWordsAreAndHowSureItIs) {
  const auto recognition = english().recognise(text_page(300, 10), automatic_segmentation);
  ASSERT_TRUE(recognition);
  const auto lines = lines_of(recognition->blocks);
  ASSERT_FALSE(lines.empty());
  const auto& line = lines.front();
  EXPECT_NEAR(line.box.left, 300, 10);
  EXPECT_NEAR(line.box.bottom + line.baseline_offset, 300, 6);  // the line was written on y = 300
  EXPECT_NEAR(line.baseline_slope, 0, 0.005);
  EXPECT_FALSE(line.right_to_left);
  for (const auto& word : line.words) {
    EXPECT_GT(word.confidence, 0.7) << word.text;
    EXPECT_LE(word.confidence, 1);
    EXPECT_GE(word.box.left, line.box.left);
    EXPECT_LE(word.box.right, line.box.right);
  }
}

TEST(Engine, FindsNothingOnWhitePaper) {
  const auto recognition = english().recognise(white_page(1000, 1000), automatic_segmentation);
  ASSERT_TRUE(recognition);
  EXPECT_TRUE(recognition->blocks.empty());
}

TEST(Engine, TakesNoPictureForAWord) {
  auto page = text_page(300, 10);
  fill(page, 300, 1000, 400, 300);
  for (int bar = 0; bar < 12; ++bar) fill(page, 1000 + bar * 30, 1000, 8 + bar % 3 * 6, 250);
  const auto recognition = english().recognise(page, automatic_segmentation);
  ASSERT_TRUE(recognition);
  EXPECT_EQ(lines_of(recognition->blocks).size(), text_lines.size());
}

TEST(Engine, WorksInTheThreadThatCallsIt) {
  const int before = thread_count();
  ASSERT_TRUE(english().recognise(text_page(300, 10), automatic_segmentation));
  EXPECT_EQ(thread_count(), before);
}

// That these calls are in the program is of no use if the library does not come to them.
TEST(Engine, HasItsParallelRegionsRunByTheWorker) {
  for (const char* call : {"GOMP_parallel", "GOMP_parallel_sections", "GOMP_sections_next"}) {
    Dl_info found{};
    ASSERT_NE(::dladdr(::dlsym(RTLD_DEFAULT, call), &found), 0) << call;
    EXPECT_TRUE(std::filesystem::equivalent(found.dli_fname, "/proc/self/exe")) << call << " is of " << found.dli_fname;
  }
}

TEST(Engine, IsSharedByThoseWhoAskForTheSameLanguages) {
  const auto first = shared_engine(setup_of({"eng"}));
  const auto second = shared_engine(setup_of({"eng"}));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
}

TEST(Engine, NamesTheLanguageThatIsMissing) {
  const auto engine = Engine::open(setup_of({"eng", "xyz"}));
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::invalid_option);
  EXPECT_THAT(engine.error().message, HasSubstr("'xyz'"));
}

TEST(Engine, TakesTheWordsOfItsUser) {
  auto setup = setup_of({"eng"});
  setup.user_words = "docmill\nharbour\n";
  setup.user_patterns = "\\d\\d\\d\n";
  const auto engine = Engine::open(setup);
  ASSERT_TRUE(engine) << engine.error().message;
  const auto recognition = (*engine)->recognise(text_page(300, 10), automatic_segmentation);
  ASSERT_TRUE(recognition);
  EXPECT_EQ(text_of(lines_of(recognition->blocks).front()), text_lines[0]);
}

TEST(Engine, SaysThatAModelHasNotTheModeAskedFor) {
  auto setup = setup_of({"eng"});
  setup.mode = 0;
  const auto engine = Engine::open(setup);
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::invalid_option);
  EXPECT_THAT(engine.error().message, HasSubstr("mode 0"));
}

}  // namespace
}  // namespace docmill::ocr
