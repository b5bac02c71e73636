#include "processors/ocr/recognition.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "documents/text_format.hpp"
#include "processors/binarize.hpp"
#include "processors/ocr/feed.hpp"
#include "processors/ocr/reading.hpp"
#include "processors/ocr/second_look.hpp"
#include "processors/orientation.hpp"
#include "processors/page_measure.hpp"
#include "processors/page_text.hpp"
#include "processors/pix.hpp"

namespace docmill::ocr {
namespace {

// A way to recognise a page.
struct Way {
  std::string_view name;
  int segmentation_mode = 0;
  bool upright = false;    // turned, if it lies on its side or upside down
  bool binarized = false;  // by Sauvola's threshold, instead of the engine's, which is one for the whole page
};

// After the user's own way, in this order. Pages that are read badly mostly lie on their side or are unevenly lit; then
// there are those whose layout is misunderstood.
constexpr int automatic = 3;
constexpr int one_block = 6;
constexpr std::array further_ways{Way{.name = "its way up looked for", .segmentation_mode = automatic, .upright = true},
                                  Way{.name = "black and white", .segmentation_mode = automatic, .binarized = true},
                                  Way{.name = "taken for one block of text", .segmentation_mode = one_block}};

template <class Use>
void for_each_word(const Reading& reading, Use use) {
  for (const auto& sheet : reading.sheets) docmill::for_each_word(sheet.blocks, use);
}

// The mean over words, weighted by their length.
double mean_confidence(const Reading& reading) {
  double sum = 0;
  double weight = 0;
  for_each_word(reading, [&](const Word& word) {
    sum += word.confidence * static_cast<double>(word.text.size());
    weight += static_cast<double>(word.text.size());
  });
  return weight > 0 ? sum / weight : 0;
}

// Characters that are probably right less those that are probably wrong: neither a few sure words nor much junk win.
double gain_of(const Reading& reading) {
  double gain = 0;
  for_each_word(reading,
                [&](const Word& word) { gain += (2 * word.confidence - 1) * static_cast<double>(word.text.size()); });
  return gain;
}

bool has_words(const Reading& reading) {
  bool any = false;
  for_each_word(reading, [&](const Word& word) { any = any || !word.text.empty(); });
  return any;
}

// What the engine is shown of each sheet; empty images of blank ones.
std::vector<Fed> feed_all(const Sheets& sheets, const OcrOptions& options) {
  std::vector<Fed> fed;
  for (const auto& sheet : sheets.sheets) {
    if (is_blank(sheet.image)) {
      fed.emplace_back();
    } else {
      fed.push_back(options.prepare ? feed(sheet.image) : Fed{sheet.image.clone(), 0, {}});
    }
  }
  return fed;
}

// A sheet as the engine is shown it in some way.
struct Shown {
  Image image;
  int turn = 0;      // degrees clockwise by which it was turned
  WayBack way_back;  // to the pixels of what was fed
};

Shown upright(const Image& fed) {
  const auto found = find_orientation(gray_of(fed));
  if (!found || found->turn == 0) return {fed.clone(), 0, {}};
  auto turned_image = turned(fed, found->turn);
  return {std::move(turned_image.image), found->turn, std::move(turned_image.way_back)};
}

Shown black_and_white(const Image& fed) {
  auto image = in_black_and_white(gray_of(fed));
  return {image ? std::move(image) : fed.clone(), 0, {}};
}

// One for each of `images`, empty for blank ones. None at all: this way shows the engine nothing new.
std::vector<Shown> show(const std::vector<Fed>& images, const Way& way) {
  std::vector<Shown> sheets;
  bool is_new = !way.upright;
  for (const auto& fed : images) {
    auto& sheet = sheets.emplace_back();
    if (!fed.image) continue;
    sheet = way.upright     ? upright(fed.image)
            : way.binarized ? black_and_white(fed.image)
                            : Shown{fed.image.clone(), 0, {}};
    is_new = is_new || sheet.turn != 0;
  }
  if (!is_new) sheets.clear();
  return sheets;
}

Result<Reading> recognise(const std::vector<Shown>& sheets, int segmentation_mode, Engine& engine) {
  Reading reading;
  for (const auto& shown : sheets) {
    auto& sheet = reading.sheets.emplace_back();
    if (!shown.image) continue;
    DOCMILL_TRY(recognition, engine.recognise(shown.image, segmentation_mode));
    sheet.blocks = std::move(recognition.blocks);
    shown.way_back.to_page(sheet.blocks);
    sheet.rotation = (recognition.rotation + shown.turn) % 360;
    reading.status = PageStatus::ok;
  }
  reading.confidence = mean_confidence(reading);
  return reading;
}

std::string hundredths(double confidence) {
  std::string text;
  append_number(text, confidence, 2);
  return text;
}

// Tries on until a way is good enough, and leaves the best result in `reading`.
Status try_further_ways(const std::vector<Fed>& images, const OcrOptions& options, Engine& engine, Reading& reading) {
  const double first = reading.confidence;
  for (const auto& way : further_ways) {
    const bool is_the_first = way.segmentation_mode == options.segmentation_mode && !way.upright && !way.binarized;
    const auto sheets = is_the_first ? std::vector<Shown>() : show(images, way);
    if (sheets.empty()) continue;
    DOCMILL_TRY(again, recognise(sheets, way.segmentation_mode, engine));
    if (gain_of(again) <= gain_of(reading)) continue;
    reading = std::move(again);
    reading.status = PageStatus::retried;
    reading.reason = "recognised again, " + std::string(way.name) + ": confidence " + hundredths(reading.confidence) +
                     " instead of " + hundredths(first);
    if (reading.confidence >= options.retry_below) return {};
  }
  reading.status = PageStatus::degraded;
  reading.reason = "confidence " + hundredths(reading.confidence) + " is below the " + hundredths(options.retry_below) +
                   " of retry_below, whatever was tried";
  return {};
}

// A second look at what is not sure. Its measures are those of pages that were fed.
Status look_again(const std::vector<Fed>& images, Engine& engine, Reading& reading) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    auto& sheet = reading.sheets[i];
    if (images[i].image && sheet.rotation == 0) DOCMILL_CHECK(look_again(engine, images[i].image, sheet.blocks));
  }
  reading.confidence = mean_confidence(reading);
  return {};
}

Result<Reading> read(const std::vector<Fed>& images, const OcrOptions& options, Engine& engine) {
  DOCMILL_TRY(reading, recognise(show(images, {}), options.segmentation_mode, engine));
  if (has_words(reading) && reading.confidence < options.retry_below) {
    DOCMILL_CHECK(try_further_ways(images, options, engine, reading));
  } else if (options.prepare) {
    DOCMILL_CHECK(look_again(images, engine, reading));
  }
  return reading;
}

// The page that `reading` says, in the sheets' frame.
TextPage page_of(Reading reading, const Sheets& sheets, const std::vector<Fed>& images, const OcrOptions& options) {
  TextPage page;
  page.width = sheets.width;
  page.height = sheets.height;
  page.dpi = sheets.dpi;
  page.preparation = sheets.preparation;
  page.language = options.language_names();
  page.status = reading.status;
  page.reason = std::move(reading.reason);
  page.confidence = reading.confidence;
  bool is_first = true;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (!images[i].image) continue;
    auto& blocks = reading.sheets[i].blocks;
    images[i].way_back.to_page(blocks);
    sheets.sheets[i].way_back.to_page(blocks);
    std::move(blocks.begin(), blocks.end(), std::back_inserter(page.blocks));
    if (!std::exchange(is_first, false)) continue;
    page.skew = images[i].skew;
    page.rotation = reading.sheets[i].rotation;
  }
  return page;
}

}  // namespace

Result<TextPage> recognise_sheets(const Sheets& sheets, const OcrOptions& options, TaskContext& context) {
  DOCMILL_TRY(engine, shared_engine(options.engine));
  const auto images = feed_all(sheets, options);
  const bool is_blank = std::none_of(images.begin(), images.end(), [](const Fed& fed) { return bool(fed.image); });
  if (is_blank) return page_of(Reading(), sheets, images, options);
  const auto key = reading_key(images, options, engine->identity());
  const auto known = context.recall(key);
  auto remembered = known ? reading_from(*known, images.size()) : std::nullopt;
  if (remembered) {
    auto page = page_of(std::move(*remembered), sheets, images, options);
    page.remembered = true;
    return page;
  }
  DOCMILL_TRY(fresh, read(images, options, *engine));
  const auto text = text_of(fresh);
  context.remember(key, text);
  // As it will be remembered: as text its numbers have fewer digits, and each page must come out the same either way.
  auto reading = reading_from(text, images.size());
  return page_of(reading ? std::move(*reading) : std::move(fresh), sheets, images, options);
}

}  // namespace docmill::ocr
