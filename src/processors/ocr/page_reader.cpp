#include "processors/ocr/page_reader.hpp"

#include <chrono>
#include <utility>

#include "processors/ocr/feed.hpp"
#include "processors/ocr/page_measure.hpp"
#include "processors/ocr/text_layer.hpp"

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

double megapixels_of(Page& page, int oversample) {
  if (const auto scan = page.scan()) return static_cast<double>(scan->width) * scan->height / 1e6;
  const double dots_per_point = oversample / 72.0;
  return page.width_points() * page.height_points() * dots_per_point * dots_per_point / 1e6;
}

}  // namespace

Result<TextPage> recognise_image(const Image& image, const OcrOptions& options) {
  TextPage page;
  page.width = image.width();
  page.height = image.height();
  page.dpi = image.dpi();
  page.status = PageStatus::blank;
  page.language = options.language_names();
  if (is_blank(image)) return page;
  DOCMILL_TRY(engine, shared_engine(options.languages));
  auto fed = options.prepare ? feed(image) : Fed{image.clone(), 0, {}};
  DOCMILL_TRY(recognition, engine->recognise(fed.image, options.segmentation_mode));
  fed.way_back.to_page(recognition.blocks);
  page.status = PageStatus::ok;
  page.skew = fed.skew;
  page.rotation = recognition.rotation;
  page.confidence = mean_confidence(recognition.blocks);
  page.blocks = std::move(recognition.blocks);
  return page;
}

TextPage PageReader::read(int number, const OnImage& on_image) {
  const auto begin = std::chrono::steady_clock::now();
  auto result = try_read(number, on_image);
  TextPage page;
  if (result) {
    page = std::move(*result);
  } else {
    page.status = PageStatus::failed;
    page.error = std::move(result).error();
    page.error->page = number;
  }
  page.number = number;
  page.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return page;
}

Result<TextPage> PageReader::try_read(int number, const OnImage& on_image) {
  DOCMILL_TRY(page, document_.page(number));
  if (options_.mode == Mode::force) return recognise(*page, on_image);
  DOCMILL_TRY(text, page->text_layer());
  if (!has_words(text)) return recognise(*page, on_image);
  if (options_.mode == Mode::skip) {
    text.status = PageStatus::skipped;
    return text;
  }
  DOCMILL_TRY(is_enough, stands_for_page(text, *page));
  if (is_enough) return text;
  auto recognised = recognise(*page, on_image);
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

Result<TextPage> PageReader::recognise(Page& page, const OnImage& on_image) {
  on_image(megapixels_of(page, options_.oversample));
  DOCMILL_TRY(image, page.image(options_.oversample));
  return recognise_image(image, options_);
}

}  // namespace docmill::ocr
