#include "processors/ocr/recognition.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "documents/text_format.hpp"
#include "processors/binarize.hpp"
#include "processors/ocr/feed.hpp"
#include "processors/page_measure.hpp"
#include "processors/page_text.hpp"
#include "processors/pix.hpp"

namespace docmill::ocr {
namespace {

// A way to recognise a page.
struct Way {
  std::string_view name;
  int segmentation_mode = 0;
  bool binarized = false;  // by Sauvola's threshold, instead of the engine's, which is one for the whole page
};

// After the user's own way, in this order. Pages that are read badly mostly lie on their side or are unevenly lit; then
// there are those whose layout is misunderstood.
constexpr int with_orientation = 1;
constexpr int one_block = 6;
constexpr std::array further_ways{Way{"its way up looked for", with_orientation, false},
                                  Way{"black and white", 3, true},
                                  Way{"taken for one block of text", one_block, false}};

template <class Use>
void for_each_word(const std::vector<Block>& blocks, Use use) {
  for (const auto& block : blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) std::for_each(line.words.begin(), line.words.end(), use);
    }
  }
}

// The mean over words, weighted by their length.
double mean_confidence(const std::vector<Block>& blocks) {
  double sum = 0;
  double weight = 0;
  for_each_word(blocks, [&](const Word& word) {
    sum += word.confidence * static_cast<double>(word.text.size());
    weight += static_cast<double>(word.text.size());
  });
  return weight > 0 ? sum / weight : 0;
}

// Characters that are probably right less those that are probably wrong: neither a few sure words nor much junk win.
double gain_of(const TextPage& page) {
  double gain = 0;
  for_each_word(page.blocks,
                [&](const Word& word) { gain += (2 * word.confidence - 1) * static_cast<double>(word.text.size()); });
  return gain;
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

// One try on all sheets.
class Try {
 public:
  Try(const Sheets& sheets, const std::vector<Fed>& fed, const OcrOptions& options, Engine& engine)
      : sheets_(sheets), fed_(fed), options_(options), engine_(engine) {}

  Result<TextPage> operator()(const Way& way) const {
    TextPage page;
    page.width = sheets_.width;
    page.height = sheets_.height;
    page.dpi = sheets_.dpi;
    page.preparation = sheets_.preparation;
    page.status = PageStatus::blank;
    page.language = options_.language_names();
    for (std::size_t i = 0; i < fed_.size(); ++i) {
      if (fed_[i].image) DOCMILL_CHECK(recognise(sheets_.sheets[i], fed_[i], way, page));
    }
    page.confidence = mean_confidence(page.blocks);
    return page;
  }

 private:
  // Appends the blocks of one sheet to the page's.
  Status recognise(const Sheet& sheet, const Fed& fed, const Way& way, TextPage& page) const {
    const auto image = way.binarized ? in_black_and_white(gray_of(fed.image)) : fed.image.clone();
    DOCMILL_TRY(recognition, engine_.recognise(image ? image : fed.image, way.segmentation_mode));
    fed.way_back.to_page(recognition.blocks);
    sheet.way_back.to_page(recognition.blocks);
    if (page.status == PageStatus::blank) {
      page.status = PageStatus::ok;
      page.skew = fed.skew;
      page.rotation = recognition.rotation;
    }
    std::move(recognition.blocks.begin(), recognition.blocks.end(), std::back_inserter(page.blocks));
    return {};
  }

  const Sheets& sheets_;
  const std::vector<Fed>& fed_;
  const OcrOptions& options_;
  Engine& engine_;
};

std::string hundredths(double confidence) {
  std::string text;
  append_number(text, confidence, 2);
  return text;
}

// Tries on until a way is good enough, and leaves the best result in `page`.
Status try_further_ways(const Try& recognise, const OcrOptions& options, TextPage& page) {
  const double first = page.confidence;
  for (const auto& way : further_ways) {
    if (way.segmentation_mode == options.segmentation_mode && !way.binarized) continue;
    DOCMILL_TRY(again, recognise(way));
    if (gain_of(again) <= gain_of(page)) continue;
    page = std::move(again);
    page.status = PageStatus::retried;
    page.reason = "recognised again, " + std::string(way.name) + ": confidence " + hundredths(page.confidence) +
                  " instead of " + hundredths(first);
    if (page.confidence >= options.retry_below) return {};
  }
  page.status = PageStatus::degraded;
  page.reason = "confidence " + hundredths(page.confidence) + " is below the " + hundredths(options.retry_below) +
                " of retry_below, whatever was tried";
  return {};
}

}  // namespace

Result<TextPage> recognise_sheets(const Sheets& sheets, const OcrOptions& options) {
  DOCMILL_TRY(engine, shared_engine(options.engine));
  const auto fed = feed_all(sheets, options);
  const Try recognise(sheets, fed, options, *engine);
  Way way;
  way.segmentation_mode = options.segmentation_mode;
  DOCMILL_TRY(page, recognise(way));
  if (has_words(page) && page.confidence < options.retry_below)
    DOCMILL_CHECK(try_further_ways(recognise, options, page));
  return page;
}

}  // namespace docmill::ocr
