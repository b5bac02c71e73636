#include "processors/ocr/page_reader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "processors/ocr/feed.hpp"
#include "processors/ocr/text_layer.hpp"
#include "processors/page_measure.hpp"

namespace docmill::ocr {
namespace {

// The mean over words, weighted by their length.
double mean_confidence(const std::vector<Block>& blocks) {
  double sum = 0;
  double weight = 0;
  for (const auto& block : blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) {
        for (const auto& word : line.words) {
          sum += word.confidence * static_cast<double>(word.text.size());
          weight += static_cast<double>(word.text.size());
        }
      }
    }
  }
  return weight > 0 ? sum / weight : 0;
}

// Recognises one sheet; blank ones are not shown to the engine. Its blocks are appended to those of `page`.
Status recognise_sheet(const Sheet& sheet, const OcrOptions& options, Engine& engine, TextPage& page) {
  if (is_blank(sheet.image)) return {};
  auto fed = options.prepare ? feed(sheet.image) : Fed{sheet.image.clone(), 0, {}};
  DOCMILL_TRY(recognition, engine.recognise(fed.image, options.segmentation_mode));
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

}  // namespace

Result<TextPage> PageReader::read(PageWork& work) const {
  auto& page = work.page();
  if (options_.mode == Mode::force) return recognise(work);
  DOCMILL_TRY(text, page.text_layer());
  if (!has_words(text)) return recognise(work);
  if (options_.mode == Mode::skip) {
    text.status = PageStatus::skipped;
    return text;
  }
  DOCMILL_TRY(is_enough, stands_for_page(text, page));
  if (is_enough) return text;
  auto recognised = recognise(work);
  const bool found_nothing = recognised && !has_words(*recognised);
  if (options_.mode == Mode::automatic && found_nothing && is_usable(text)) return text;  // a drawing, a photograph
  return recognised;
}

// Whether the text layer, which has words, is to be taken for the page's text.
Result<bool> PageReader::stands_for_page(const TextPage& text, Page& page) const {
  if (options_.mode == Mode::redo) return !page.has_invisible_text();
  if (!is_usable(text)) return false;
  // The words of a scan are those of an earlier recognition, however few.
  if (!is_sparse(text) || page.scan()) return true;
  DOCMILL_TRY(drawn, page.image(text.dpi));
  return !shows_more_than(text, drawn);
}

Result<TextPage> PageReader::recognise(PageWork& work) const {
  DOCMILL_TRY(sheets, work.sheets());
  DOCMILL_TRY(engine, shared_engine(options_.languages));
  TextPage page;
  page.number = work.page().number();
  page.width = sheets->width;
  page.height = sheets->height;
  page.dpi = sheets->dpi;
  page.preparation = sheets->preparation;
  page.status = PageStatus::blank;
  page.language = options_.language_names();
  for (const auto& sheet : sheets->sheets) DOCMILL_CHECK(recognise_sheet(sheet, options_, *engine, page));
  page.confidence = mean_confidence(page.blocks);
  return page;
}

}  // namespace docmill::ocr
