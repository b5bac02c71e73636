// One page of a PDF.
#pragma once

#include <poppler-document.h>
#include <poppler-page.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "documents/document.hpp"

namespace docmill {

class PdfPage final : public Page {
 public:
  PdfPage(std::unique_ptr<poppler::page> page, int number, std::uint64_t max_pixels);

  int number() const override { return number_; }
  double width_points() const override { return turned_ ? crop_.height() : crop_.width(); }
  double height_points() const override { return turned_ ? crop_.width() : crop_.height(); }

  Result<TextPage> text_layer() override;
  bool has_invisible_text() override { return false; }
  std::optional<ScanInfo> scan() override { return std::nullopt; }
  Result<Image> image(double dpi) override;

 private:
  Result<Image> draw(double dpi) const;

  const std::unique_ptr<poppler::page> page_;
  const int number_;
  const std::uint64_t max_pixels_;
  const poppler::rectf crop_;
  const bool turned_;  // by 90 or 270 degrees: width and height change places
};

}  // namespace docmill
