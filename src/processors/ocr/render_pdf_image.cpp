#include "processors/ocr/render_pdf_image.hpp"

#include <algorithm>
#include <array>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include "documents/text_format.hpp"

namespace docmill::ocr {
namespace {

// Encoded images are kept up to this; beyond, they are encoded again when the file is written.
constexpr std::size_t most_kept_bytes = 64U << 20U;

constexpr double assumed_dpi = 300;
constexpr double points_per_inch = 72;
constexpr double longest_side = 14'400;  // points: more is no valid PDF page

struct Size {
  double width = 0;  // points
  double height = 0;
};

// 5 … 8 stand for a quarter turn.
bool is_sideways(int orientation) { return orientation >= 5; }

Size size_of(const EncodedImage* image, const TextPage* text) {
  Size size{.width = 612, .height = 792};
  if (text != nullptr && text->width > 0 && text->height > 0 && text->dpi > 0) {
    size = {.width = text->width * points_per_inch / text->dpi, .height = text->height * points_per_inch / text->dpi};
    if (text->preparation.turned % 180 != 0) std::swap(size.width, size.height);  // before it is turned
  } else if (image != nullptr) {
    const double scale = points_per_inch / (image->dpi > 0 ? image->dpi : assumed_dpi);
    size = {.width = image->width * scale, .height = image->height * scale};
    if (is_sideways(image->orientation)) std::swap(size.width, size.height);
  }
  const double shrink = std::min(1.0, longest_side / std::max(size.width, size.height));
  return {.width = size.width * shrink, .height = size.height * shrink};
}

// Draws the unit square of an image over the whole page, turned as `orientation` (1 … 8) asks.
std::string drawing(const Size& size, int orientation) {
  const double w = size.width;
  const double h = size.height;
  const std::array<std::array<double, 6>, 8> matrices{{{w, 0, 0, h, 0, 0},
                                                       {-w, 0, 0, h, w, 0},
                                                       {-w, 0, 0, -h, w, h},
                                                       {w, 0, 0, -h, 0, h},
                                                       {0, -h, -w, 0, w, h},
                                                       {0, -h, w, 0, 0, h},
                                                       {0, h, w, 0, 0, 0},
                                                       {0, h, -w, 0, w, 0}}};
  std::string content = "q ";
  for (const double operand : matrices.at(static_cast<std::size_t>(std::clamp(orientation, 1, 8) - 1))) {
    append_number(content, operand, 3);
    content += ' ';
  }
  return content + "cm /Im Do Q\n";
}

QPDFObjectHandle make_image(QPDF& pdf, const EncodedImage& image) {
  auto stream = QPDFObjectHandle::newStream(&pdf);
  stream.replaceDict(QPDFObjectHandle::parse("<< /Type /XObject /Subtype /Image /Width " + std::to_string(image.width) +
                                             " /Height " + std::to_string(image.height) + " " + image.dictionary +
                                             " >>"));
  return stream;
}

void provide(Pipeline* end, std::string_view bytes) {
  end->write(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  end->finish();
}

QPDFObjectHandle make_page(const Size& size) {
  auto page = QPDFObjectHandle::newDictionary();
  page.replaceKey("/Type", QPDFObjectHandle::newName("/Page"));
  std::string box = "[0 0 ";
  append_number(box, size.width, 3);
  box += ' ';
  append_number(box, size.height, 3);
  page.replaceKey("/MediaBox", QPDFObjectHandle::parse(box + "]"));
  page.replaceKey("/Resources", QPDFObjectHandle::newDictionary());
  return page;
}

}  // namespace

QPDFObjectHandle PdfImages::add_image(const EncodedImage& image, int number) {
  auto stream = make_image(pdf_, image);
  const auto filter = stream.getDict().getKey("/Filter");
  const auto parameters = stream.getDict().getKey("/DecodeParms");
  if (image.data.empty()) {
    stream.replaceStreamData([view = image.view](Pipeline* end) { provide(end, view); }, filter, parameters);
  } else if (kept_bytes_ + image.data.size() <= most_kept_bytes) {
    kept_bytes_ += image.data.size();
    stream.replaceStreamData(image.data, filter, parameters);
  } else {
    const auto encode_again = [source = source_, number](Pipeline* end) {
      const auto again = encode_for_pdf(source, number);
      if (!again) throw std::runtime_error("image " + std::to_string(number) + " could be decoded once, but not twice");
      provide(end, again->bytes());
    };
    stream.replaceStreamData(encode_again, filter, parameters);
  }
  return stream;
}

QPDFPageObjectHelper PdfImages::add_page(int number, const TextPage* text) {
  const auto image = encode_for_pdf(source_, number);
  const auto size = size_of(image ? &*image : nullptr, text);
  auto page = pdf_.makeIndirectObject(make_page(size));
  if (image) {
    auto images = QPDFObjectHandle::newDictionary();
    images.replaceKey("/Im", add_image(*image, number));
    page.getKey("/Resources").replaceKey("/XObject", images);
    page.replaceKey("/Contents", QPDFObjectHandle::newStream(&pdf_, drawing(size, image->orientation)));
  }
  QPDFPageDocumentHelper(pdf_).addPage(page, false);
  return {page};
}

}  // namespace docmill::ocr
