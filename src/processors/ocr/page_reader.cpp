#include "processors/ocr/page_reader.hpp"

#include <utility>

#include "documents/text_format.hpp"
#include "processors/ocr/recognition.hpp"
#include "processors/ocr/text_layer.hpp"
#include "processors/page_text.hpp"

namespace docmill::ocr {
namespace {

TextPage too_big(Page& page, double megapixels, double most) {
  TextPage text;
  text.number = page.number();
  text.width = page.width_points();
  text.height = page.height_points();
  text.status = PageStatus::skipped;
  text.reason = "the page has ";
  append_number(text.reason, megapixels, 1);
  text.reason += " megapixels; skip_big leaves those alone that have more than ";
  append_number(text.reason, most, 1);
  return text;
}

}  // namespace

Result<TextPage> PageReader::read(PageWork& work) const {
  auto& page = work.page();
  if (options_.mode == Mode::force) return recognise(work);
  DOCMILL_TRY(text, page.text_layer());
  if (!has_words(text)) return recognise(work);
  if (options_.mode == Mode::skip) {
    text.status = PageStatus::skipped;
    text.reason = "the page has text; mode skip leaves those alone";
    return text;
  }
  DOCMILL_TRY(is_enough, stands_for_page(text, page));
  if (is_enough) return text;
  auto recognised = recognise(work);
  const bool found_nothing = recognised && !has_words(*recognised);
  if (found_nothing && is_usable(text) && !is_replaced(page)) return text;  // a drawing, a photograph
  return recognised;
}

bool PageReader::is_replaced(Page& page) const { return options_.mode == Mode::redo && page.has_invisible_text(); }

// Whether the text layer, which has words, is to be taken for the page's text.
Result<bool> PageReader::stands_for_page(const TextPage& text, Page& page) const {
  if (is_replaced(page) || !is_usable(text)) return false;
  // The words of a scan are those of an earlier recognition, however few.
  if (!is_sparse(text) || page.scan()) return true;
  DOCMILL_TRY(drawn, page.image(text.dpi));
  return !shows_more_than(text, drawn);
}

Result<TextPage> PageReader::recognise(PageWork& work) const {
  const double megapixels = work.megapixels();
  if (options_.skip_big > 0 && megapixels > options_.skip_big)
    return too_big(work.page(), megapixels, options_.skip_big);
  DOCMILL_TRY(sheets, work.sheets());
  DOCMILL_TRY(page, recognise_sheets(*sheets, options_, context_));
  page.number = work.page().number();
  return page;
}

}  // namespace docmill::ocr
