// One page of a PDF.
#pragma once

#include <poppler-document.h>
#include <poppler-page.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "documents/document.hpp"
#include "documents/geometry.hpp"
#include "documents/pdf_scan.hpp"
#include "documents/pdf_structure.hpp"
#include "documents/poppler_messages.hpp"

namespace docmill {

class PdfPage final : public Page {
 public:
  // `structure` is the document's and outlives the page.
  PdfPage(std::unique_ptr<poppler::page> page, int number, std::uint64_t max_pixels, PdfStructure& structure);

  int number() const override { return number_; }
  double width_points() const override { return frame_.width() * unit_; }
  double height_points() const override { return frame_.height() * unit_; }

  Result<TextPage> text_layer() override;
  bool has_invisible_text() override;
  std::optional<ScanInfo> scan() override;
  Result<Image> image(double dpi) override;
  std::optional<Error> damage() const override { return damage_; }

 private:
  void ensure_content();
  Result<Image> scan_image();
  std::optional<Image> extract_scan();
  Result<Image> draw(double dpi);
  Error damaged_content(const std::string& how) const;
  void note_loss(const PopplerMessages& messages);

  const std::unique_ptr<poppler::page> page_;
  const int number_;
  const std::uint64_t max_pixels_;
  PdfStructure& structure_;
  const PageFrame frame_;  // in units of the page
  const double unit_;      // in points; Poppler knows of none and takes units for points

  // Once they have been asked for:
  std::optional<PageContent> content_;
  std::optional<EmbeddedScan> scan_;
  std::optional<Error> damage_;
};

}  // namespace docmill
