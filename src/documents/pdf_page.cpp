#include "documents/pdf_page.hpp"

#include <leptonica/allheaders.h>
#include <poppler-page-renderer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "documents/image_file.hpp"
#include "documents/limits.hpp"
#include "documents/pdf_image.hpp"
#include "documents/poppler_messages.hpp"
#include "documents/text_layout.hpp"

namespace docmill {
namespace {

constexpr double points_per_inch = 72;

void append_utf8(std::string& text, char32_t c) {
  const auto byte = [&](char32_t value) { text.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | c >> 6);
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

// Poppler's own to_utf8 opens an iconv converter for every word. Byte order marks and control characters are dropped,
// lone surrogates become U+FFFD.
std::string to_utf8(const poppler::ustring& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t c = text[i];
    const bool high = c >= 0xd800 && c < 0xdc00;
    if (high && i + 1 < text.size() && text[i + 1] >= 0xdc00 && text[i + 1] < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (text[++i] - 0xdc00u);
    } else if (c >= 0xd800 && c < 0xe000) {
      c = 0xfffd;
    }
    if (c >= 0x20 && c != 0x7f && c != 0xfeff) append_utf8(result, c);
  }
  return result;
}

// Boxes in points.
std::vector<TextRun> runs_of(const poppler::page& page, double unit) {
  std::vector<TextRun> runs;
  for (const auto& found : page.text_list()) {
    TextRun run;
    run.text = to_utf8(found.text());
    if (run.text.empty()) continue;
    const auto box = found.bbox();
    run.box = {box.left() * unit, box.top() * unit, box.right() * unit, box.bottom() * unit};
    run.quarter_turns = found.rotation() & 3;
    run.space_after = found.has_space_after();
    runs.push_back(std::move(run));
  }
  return runs;
}

Image to_image(const poppler::image& drawn, double dpi) {
  Image image(pixCreateNoInit(drawn.width(), drawn.height(), 8));
  if (!image) return image;
  Pix* pix = image.pix();
  const auto row_bytes = static_cast<std::size_t>(pixGetWpl(pix)) * sizeof(l_uint32);
  const auto used = std::min(row_bytes, static_cast<std::size_t>(drawn.bytes_per_row()));
  auto* row = reinterpret_cast<char*>(pixGetData(pix));
  for (int y = 0; y < drawn.height(); ++y, row += row_bytes) {
    std::memcpy(row, drawn.const_data() + static_cast<std::ptrdiff_t>(y) * drawn.bytes_per_row(), used);
  }
  pixEndianByteSwap(pix);  // leptonica keeps pixels in words, most significant first
  const auto resolution = static_cast<int>(std::lround(dpi));
  pixSetResolution(pix, resolution, resolution);
  return image;
}

PageFrame frame_of(const poppler::page& page) {
  const auto crop = page.page_rect(poppler::crop_box);
  PageFrame frame;
  frame.left = crop.left();
  frame.bottom = crop.top();  // Poppler's rectangle has its top where y is least: at the bottom of the page
  frame.right = crop.right();
  frame.top = crop.bottom();
  switch (page.orientation()) {
    case poppler::page::landscape:
      frame.rotation = 90;
      break;
    case poppler::page::upside_down:
      frame.rotation = 180;
      break;
    case poppler::page::seascape:
      frame.rotation = 270;
      break;
    case poppler::page::portrait:
      break;
  }
  return frame;
}

bool is_white(const Image& image) {
  int blank = 0;
  const Image inverted(pixInvert(nullptr, image.pix()));
  return inverted && pixZero(inverted.pix(), &blank) == 0 && blank;
}

// Whether next to all of it is of one gray.
bool is_flat(const Image& gray) {
  constexpr float next_to_all = 0.998F;
  constexpr int every = 4;  // rows and columns
  NUMA* histogram = pixGetGrayHistogram(gray.pix(), every);
  if (histogram == nullptr) return false;
  l_float32 most = 0;
  l_float32 all = 0;
  numaGetMax(histogram, &most, nullptr);
  numaGetSum(histogram, &all);
  numaDestroy(&histogram);
  return most >= next_to_all * all;
}

}  // namespace

PdfPage::PdfPage(std::unique_ptr<poppler::page> page, int number, std::uint64_t max_pixels, PdfStructure& structure)
    : page_(std::move(page)),
      number_(number),
      max_pixels_(max_pixels),
      structure_(structure),
      frame_(frame_of(*page_)),
      unit_(structure.user_unit(number)) {}

Result<TextPage> PdfPage::text_layer() {
  TextPage result;
  result.number = number_;
  result.width = width_points();
  result.height = height_points();
  result.status = PageStatus::read;
  const PopplerMessages messages;
  result.blocks = arrange(runs_of(*page_, unit_));
  note_loss(messages);
  result.confidence = result.blocks.empty() ? 0 : 1;
  return result;
}

Error PdfPage::damaged_content(const std::string& how) const {
  return fail(ErrorCode::unreadable, "The content of the page is damaged: " + how + ".", number_);
}

void PdfPage::note_loss(const PopplerMessages& messages) {
  if (const auto loss = messages.loss(); !loss.empty() && !damage_) damage_ = damaged_content(loss);
}

void PdfPage::ensure_content() {
  if (content_) return;
  content_ = structure_.content(number_, frame_);
  scan_ = find_scan(*content_, frame_);
  if (scan_) scan_->info.dpi /= unit_;
}

bool PdfPage::has_invisible_text() {
  ensure_content();
  if (content_->uncertain || content_->text_after_image) return false;
  // Some programs write the recognised text plainly and lay the scan over it.
  if (content_->text_before_image) return scan_.has_value();
  return content_->invisible_text;
}

std::optional<ScanInfo> PdfPage::scan() {
  ensure_content();
  return scan_ ? std::optional(scan_->info) : std::nullopt;
}

Result<Image> PdfPage::image(double dpi) {
  ensure_content();
  if (!scan_) return draw(dpi);
  DOCMILL_TRY(image, scan_image());
  if (damage_ && is_flat(image)) return *damage_;  // nothing of it can be seen: not to be taken for a blank page
  return image;
}

Result<Image> PdfPage::scan_image() {
  if (auto extracted = extract_scan()) return std::move(*extracted);
  return draw(scan_->info.dpi);
}

// The scan's own pixels, if they are the page's; nullopt: it must be drawn. Of what is damaged Poppler draws what it
// can, and does not always say so: the image is looked at in any case.
std::optional<Image> PdfPage::extract_scan() {
  const auto& info = scan_->info;
  const auto pixels = static_cast<std::uint64_t>(info.width) * static_cast<std::uint64_t>(info.height);
  if (pixels > pixel_limit(max_pixels_)) return std::nullopt;
  auto stored = extract_image(*content_->image);
  if (!stored) {
    damage_ = fail(stored.error().code, stored.error().message, number_);
    return std::nullopt;
  }
  if (!*stored) return std::nullopt;
  if (!(*stored)->damage.empty()) damage_ = damaged_image((*stored)->damage, number_);
  if (!scan_->fills_page) return std::nullopt;
  Image image = turned(std::move((*stored)->image), scan_->orientation);
  if (!image) return std::nullopt;
  const auto resolution = static_cast<int>(std::lround(info.dpi));
  pixSetResolution(image.pix(), resolution, resolution);
  return image;
}

// Draws at `dpi`, or at less where the page would have too many pixels, but not below one pixel per unit.
Result<Image> PdfPage::draw(double dpi) {
  const double inches = width_points() / points_per_inch * height_points() / points_per_inch;
  const double most = std::sqrt(static_cast<double>(pixel_limit(max_pixels_)) / std::max(inches, 1e-6));
  // Poppler rounds both sides up: a little less keeps the product within the limit.
  const double chosen = std::min(dpi, most * 0.999);
  const double least = std::max(points_per_inch / unit_, 1.0);
  if (chosen < least && chosen < dpi) {
    return fail(ErrorCode::too_large,
                "The page measures " + std::to_string(std::llround(width_points() / points_per_inch)) + " x " +
                    std::to_string(std::llround(height_points() / points_per_inch)) + " inches; even at " +
                    std::to_string(std::llround(least)) + " dpi it has more than the " +
                    std::to_string(pixel_limit(max_pixels_)) + " pixels that are allowed.",
                number_);
  }
  poppler::page_renderer renderer;
  renderer.set_image_format(poppler::image::format_gray8);
  renderer.set_render_hint(poppler::page_renderer::antialiasing);
  renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
  const PopplerMessages messages;
  const double poppler_dpi = chosen * unit_;
  const auto drawn = renderer.render_page(page_.get(), poppler_dpi, poppler_dpi);
  if (!drawn.is_valid()) {
    return fail(ErrorCode::unreadable, "The page cannot be drawn: " + messages.first() + ".", number_);
  }
  Image image = to_image(drawn, chosen);
  if (!image) return fail(ErrorCode::too_large, "There is not enough memory to draw the page.", number_);
  if (messages.any() && is_white(image)) {
    return damaged_content(messages.first());
  }
  note_loss(messages);
  return image;
}

}  // namespace docmill
