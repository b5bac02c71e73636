#include "documents/image_document.hpp"

#include <leptonica/allheaders.h>

#include <utility>

#include "documents/image_file.hpp"
#include "documents/limits.hpp"

namespace docmill {
namespace {

// For images that do not say, or say nonsense: what scanners are most often set to.
constexpr int assumed_dpi = 300;
constexpr int lowest_dpi = 30;
constexpr int highest_dpi = 2400;

class ImagePage final : public Page {
 public:
  ImagePage(int number, DecodedImage decoded)
      : number_(number),
        image_(std::move(decoded.image)),
        damage_(decoded.damage.empty() ? std::nullopt : std::optional(damaged_image(decoded.damage, number))) {}

  int number() const override { return number_; }
  double width_points() const override { return image_.width() * 72.0 / image_.dpi(); }
  double height_points() const override { return image_.height() * 72.0 / image_.dpi(); }

  Result<TextPage> text_layer() override {
    TextPage page;
    page.number = number_;
    page.width = width_points();
    page.height = height_points();
    page.status = PageStatus::read;
    return page;
  }

  bool has_invisible_text() override { return false; }

  std::optional<ScanInfo> scan() override {
    ScanInfo info;
    info.width = image_.width();
    info.height = image_.height();
    info.dpi = image_.dpi();
    return info;
  }

  Result<Image> image(double) override { return image_.clone(); }

  std::optional<Error> damage() const override { return damage_; }

 private:
  const int number_;
  const Image image_;
  const std::optional<Error> damage_;
};

class ImageDocument final : public Document {
 public:
  ImageDocument(DocumentType type, MappedFile file, const OpenOptions& options, int page_count)
      : type_(type),
        file_(std::move(file)),
        max_pixels_(options.max_pixels),
        unsaid_dpi_(options.image_dpi > 0 ? options.image_dpi : assumed_dpi),
        page_count_(page_count) {}

  DocumentType type() const override { return type_; }
  int page_count() const override { return page_count_; }

  // Decodes at once: resolution and orientation, and so the size of the page, are known only then.
  Result<std::unique_ptr<Page>> page(int number) override {
    auto decoded = decode(number);
    if (!decoded) {
      decoded.error().page = number;
      return std::move(decoded).error();
    }
    return std::make_unique<ImagePage>(number, std::move(*decoded));
  }

 private:
  Result<DecodedImage> decode(int number) const {
    if (number < 1 || number > page_count_) return no_such_page(number, page_count_);
    DOCMILL_TRY(header, read_image_header(type_, file_.bytes(), number - 1));
    DOCMILL_CHECK(
        check_pixels(static_cast<std::uint64_t>(header.width), static_cast<std::uint64_t>(header.height), max_pixels_));
    DOCMILL_TRY(decoded, decode_image(type_, file_.bytes(), number - 1, Orientation::from_metadata));
    const auto& image = decoded.image;
    if (image.dpi() < lowest_dpi || image.dpi() > highest_dpi) {
      pixSetResolution(image.pix(), unsaid_dpi_, unsaid_dpi_);
    }
    return decoded;
  }

  const DocumentType type_;
  const MappedFile file_;
  const std::uint64_t max_pixels_;
  const int unsaid_dpi_;
  const int page_count_;
};

}  // namespace

Result<std::unique_ptr<Document>> open_image(DocumentType type, MappedFile file, const OpenOptions& options) {
  int page_count = 1;
  if (type == DocumentType::tiff) {
    DOCMILL_TRY(directories, tiff_directories(file.bytes()));
    page_count = static_cast<int>(directories.size());
  } else {
    DOCMILL_CHECK(read_image_header(type, file.bytes(), 0));
  }
  DOCMILL_CHECK(check_page_count(page_count, options.max_pages));
  return std::make_unique<ImageDocument>(type, std::move(file), options, page_count);
}

}  // namespace docmill
