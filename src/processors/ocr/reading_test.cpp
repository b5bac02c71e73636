#include "processors/ocr/reading.hpp"

#include <gtest/gtest.h>
#include <leptonica/allheaders.h>

#include <set>

#include "processors/page_test_support.hpp"

namespace docmill::ocr {
namespace {

std::vector<Fed> images(int width = 61, int black_at = 10) {
  std::vector<Fed> result(1);
  result[0].image = white_page(width, 40);
  fill(result[0].image, black_at, 10, 5, 5);
  return result;
}

TEST(Reading, ComesBackAsItWasWritten) {
  Reading reading;
  reading.status = PageStatus::retried;
  reading.reason = "recognised again,\n\"so\"";
  reading.confidence = 0.875;
  reading.sheets.resize(2);
  reading.sheets[1].rotation = 90;
  const Line line{.box = {1, 2, 3, 4}, .words = {{"Wort\n", {1, 2, 3, 4}, 0.5}}};
  reading.sheets[1].blocks = {{{1, 2, 3, 4}, {{{1, 2, 3, 4}, {line}}}}};
  const auto back = reading_from(text_of(reading), 2);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->status, reading.status);
  EXPECT_EQ(back->reason, reading.reason);
  EXPECT_EQ(back->confidence, reading.confidence);
  ASSERT_EQ(back->sheets.size(), 2U);
  EXPECT_TRUE(back->sheets[0].blocks.empty());
  EXPECT_EQ(back->sheets[1].rotation, 90);
  EXPECT_EQ(back->sheets[1].blocks, reading.sheets[1].blocks);
}

TEST(Reading, OfOtherSheetsOrNoneIsNone) {
  Reading reading;
  reading.sheets.resize(1);
  const auto text = text_of(reading);
  EXPECT_TRUE(reading_from(text, 1));
  EXPECT_FALSE(reading_from(text, 2));
  EXPECT_FALSE(reading_from(text.substr(0, text.size() - 1), 1));
  EXPECT_FALSE(reading_from("{}\n", 1));
  EXPECT_FALSE(reading_from("", 1));
}

TEST(ReadingKey, IsThatOfThePixelsWhereverTheyLie) {
  const auto one = images();
  auto other = images();
  for (int y = 0; y < 40; ++y) {  // what pads the rows is no pixel
    auto* const row = pixGetData(other[0].image.pix()) + y * pixGetWpl(other[0].image.pix());
    SET_DATA_BYTE(row, 61, 99);
  }
  EXPECT_EQ(reading_key(one, {}, "models"), reading_key(other, {}, "models"));
}

TEST(ReadingKey, DiffersWithAllThatMatters) {
  std::set<std::string> keys;
  int tried = 0;
  const auto add = [&](const std::vector<Fed>& pixels, const OcrOptions& options, std::string_view models) {
    keys.insert(reading_key(pixels, options, models));
    ++tried;
  };
  add(images(), {}, "models");
  add(images(), {}, "other models");
  add(images(60), {}, "models");
  add(images(61, 11), {}, "models");
  auto two = images();
  two.emplace_back();
  add(two, {}, "models");
  std::swap(two[0], two[1]);
  add(two, {}, "models");
  auto finer = images();
  pixSetResolution(finer[0].image.pix(), 299, 299);
  add(finer, {}, "models");
  const auto with = [&](auto change) {
    OcrOptions options;
    change(options);
    add(images(), options, "models");
  };
  with([](OcrOptions& options) { options.engine.languages = {"eng"}; });
  with([](OcrOptions& options) { options.engine.languages = {"eng", "deu"}; });
  with([](OcrOptions& options) { options.engine.languages = {"deu", "eng"}; });
  with([](OcrOptions& options) { options.engine.mode = 1; });
  with([](OcrOptions& options) { options.engine.user_words = "x"; });
  with([](OcrOptions& options) { options.engine.user_patterns = "x"; });
  with([](OcrOptions& options) { options.segmentation_mode = 6; });
  with([](OcrOptions& options) { options.retry_below = 0.5; });
  EXPECT_EQ(static_cast<int>(keys.size()), tried);
}

TEST(ReadingKey, DoesNotHangOnWhatIsWritten) {
  OcrOptions options;
  options.formats = {"pdf"};
  options.mode = Mode::force;
  EXPECT_EQ(reading_key(images(), options, "models"), reading_key(images(), {}, "models"));
}

}  // namespace
}  // namespace docmill::ocr
