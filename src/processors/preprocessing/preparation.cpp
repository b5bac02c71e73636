#include "processors/preprocessing/preparation.hpp"

#include <leptonica/allheaders.h>

#include <algorithm>
#include <utility>

#include "processors/binarize.hpp"
#include "processors/even_light.hpp"
#include "processors/orientation.hpp"
#include "processors/page_measure.hpp"
#include "processors/pix.hpp"
#include "processors/preprocessing/cleaning.hpp"
#include "processors/preprocessing/moving.hpp"
#include "processors/turn.hpp"

namespace docmill::preprocessing {
namespace {

// Below, there is nothing to be found, and the library's reductions run out of pixels.
constexpr int smallest_side = 100;

// The work on one page.
class Work {
 public:
  Work(Sheets sheets, const PreprocessingOptions& options, const OnStep& on_step)
      : sheets_(std::move(sheets)), options_(options), on_step_(on_step) {}

  Sheets operator()() {
    make_gray();
    if (wants(Step::rotate)) rotate();
    if (wants(Step::split)) split();
    for (auto& sheet : sheets_.sheets) prepare_sheet(sheet);
    return std::move(sheets_);
  }

  // Of a blank page: there is nothing to mend, but it becomes like the others.
  Sheets only_format() {
    make_gray();
    for (auto& sheet : sheets_.sheets) format_sheet(sheet);
    return std::move(sheets_);
  }

 private:
  bool wants(Step step) const { return options_.steps.contains(step); }

  void make_gray() {
    constexpr int assumed_dpi = 300;
    for (auto& sheet : sheets_.sheets) {
      sheet.image = gray_of(sheet.image);
      if (sheet.image.dpi() == 0) pixSetResolution(sheet.image.pix(), assumed_dpi, assumed_dpi);
    }
  }

  void note(Step step, const Image& before, const Image& after) {
    auto& steps = sheets_.preparation.steps;
    const auto name = name_of(step);
    if (std::find(steps.begin(), steps.end(), name) == steps.end()) steps.push_back(name);
    on_step_(step, before, after);
  }

  void rotate() {
    auto& sheet = sheets_.sheets.front();
    const auto found = find_orientation(sheet.image);
    if (!found) return;
    sheets_.preparation.script = found->script;
    if (found->turn == 0) return;
    auto turned = turned_by_quarters(sheet.image, found->turn);
    if (found->turn != 180) std::swap(sheets_.width, sheets_.height);
    sheets_.preparation.turned = found->turn;
    note(Step::rotate, sheet.image, turned);
    sheet.image = std::move(turned);
  }

  void split() {
    const auto whole = std::move(sheets_.sheets.front());
    const auto gutter = find_gutter(whole.image);
    sheets_.sheets.clear();
    sheets_.sheets.push_back(cut(whole, 0, gutter.value_or(whole.image.width())));
    if (!gutter) return;
    sheets_.sheets.push_back(cut(whole, *gutter, whole.image.width()));
    for (const auto& half : sheets_.sheets) note(Step::split, whole.image, half.image);
  }

  void prepare_sheet(Sheet& sheet) {
    clean(sheet, Step::borders, without_borders);
    move(sheet, Step::deskew, straighten);
    move(sheet, Step::dewarp, flatten);
    clean(sheet, Step::background, with_even_background);
    clean(sheet, Step::specks, without_specks);
    clean(sheet, Step::contrast, with_full_contrast);
    format_sheet(sheet);
  }

  void format_sheet(Sheet& sheet) {
    move(sheet, Step::resolution, [&](Sheet& moved) { return change_resolution(moved, options_.output_dpi); });
    clean(sheet, Step::binarize, in_black_and_white);
  }

  void clean(Sheet& sheet, Step step, Image (*change)(const Image&)) {
    if (!wants(step)) return;
    auto changed = change(sheet.image);
    if (!changed) return;
    pixSetResolution(changed.pix(), sheet.image.dpi(), sheet.image.dpi());
    note(step, sheet.image, changed);
    sheet.image = std::move(changed);
  }

  template <class Change>
  void move(Sheet& sheet, Step step, Change change) {
    if (!wants(step)) return;
    const auto before = sheet.image.clone();
    if (change(sheet)) note(step, before, sheet.image);
  }

  Sheets sheets_;
  const PreprocessingOptions& options_;
  const OnStep& on_step_;
};

}  // namespace

Sheets prepare(Sheets sheets, const PreprocessingOptions& options, const OnStep& on_step) {
  const auto& image = sheets.sheets.front().image;
  if (std::min(image.width(), image.height()) < smallest_side) return sheets;
  const bool has_nothing = is_blank(image);
  Work work(std::move(sheets), options, on_step);
  return has_nothing ? work.only_format() : work();
}

}  // namespace docmill::preprocessing
