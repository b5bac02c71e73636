#include "processors/page_work.hpp"

#include <utility>

namespace docmill {
PageWork::PageWork(Page& page, double dpi, OnImage on_image) : page_(page), dpi_(dpi), on_image_(std::move(on_image)) {
  result.text.number = page.number();
}

double PageWork::megapixels() const {
  if (const auto scan = page_.scan()) return static_cast<double>(scan->width) * scan->height / 1e6;
  const double dots_per_point = dpi_ / 72.0;
  return page_.width_points() * page_.height_points() * dots_per_point * dots_per_point / 1e6;
}

void PageWork::transform(Transform step) { pending_.push_back(std::move(step)); }

Result<Image> PageWork::untouched() {
  if (!untouched_) {
    DOCMILL_CHECK(on_image_(megapixels()));
    untouched_ = page_.image(dpi_);
  }
  if (!*untouched_) return untouched_->error();
  return (*untouched_)->clone();
}

Result<Sheets> PageWork::original() {
  DOCMILL_TRY(image, untouched());
  Sheets sheets;
  sheets.width = image.width();
  sheets.height = image.height();
  sheets.dpi = image.dpi();
  sheets.sheets.push_back({std::move(image), {}});
  return sheets;
}

Result<const Sheets*> PageWork::sheets() {
  if (!sheets_) sheets_ = original();
  for (auto& step : std::exchange(pending_, {})) {
    if (*sheets_) sheets_ = step(std::move(**sheets_));
  }
  if (!*sheets_) return sheets_->error();
  return &**sheets_;
}

}  // namespace docmill
