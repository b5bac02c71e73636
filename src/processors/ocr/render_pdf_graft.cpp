#include "processors/ocr/render_pdf_graft.hpp"

#include <algorithm>

#include "documents/text_format.hpp"
#include "processors/ocr/render_pdf_text.hpp"

namespace docmill::ocr {
namespace {

using Rectangle = QPDFObjectHandle::Rectangle;

Rectangle rectangle_of(QPDFObjectHandle array, const Rectangle& otherwise) {
  if (!array.isRectangle()) return otherwise;
  const auto box = array.getArrayAsRectangle();
  return box.urx > box.llx && box.ury > box.lly ? box : otherwise;
}

// What is shown of the page, in its user space: the crop box as far as it lies on the media box.
Rectangle shown_box(QPDFPageObjectHelper& page) {
  const auto media = rectangle_of(page.getMediaBox(), Rectangle(0, 0, 612, 792));
  auto crop = rectangle_of(page.getCropBox(), media);
  crop.llx = std::max(crop.llx, media.llx);
  crop.lly = std::max(crop.lly, media.lly);
  crop.urx = std::min(crop.urx, media.urx);
  crop.ury = std::min(crop.ury, media.ury);
  return crop.urx > crop.llx && crop.ury > crop.lly ? crop : media;
}

// Degrees clockwise by which the page is turned when it is shown: 0, 90, 180 or 270.
int shown_rotation(QPDFPageObjectHelper& page) {
  auto rotate = page.getAttribute("/Rotate", false);
  if (!rotate.isInteger()) return 0;
  const auto degrees = static_cast<int>(rotate.getIntValue() % 360);
  return degrees < 0 ? degrees + 360 : degrees;
}

// Operands of `cm` from the space of the text (the page as shown, pixels, y upwards) to the page's user space.
//
//   /Rotate   x in user space    y in user space        (u, v: in the text's space, scaled to the box)
//        0    left + u           bottom + v
//       90    right - v          bottom + u
//      180    right - u          top - v
//      270    left + v           top - u
QPDFObjectHandle::Matrix placement(QPDFPageObjectHelper& page, const TextPage& text) {
  const auto box = shown_box(page);
  const int rotation = shown_rotation(page);
  const bool is_sideways = rotation % 180 != 0;
  const double width = box.urx - box.llx;
  const double height = box.ury - box.lly;
  // By the sizes, not by the resolution: so user units and rounded resolutions do not matter.
  const double u = (is_sideways ? height : width) / text.width;
  const double v = (is_sideways ? width : height) / text.height;
  switch (rotation) {
    case 90:
      return {0, u, -v, 0, box.urx, box.lly};
    case 180:
      return {-u, 0, 0, -v, box.urx, box.ury};
    case 270:
      return {0, -u, v, 0, box.llx, box.ury};
    default:
      return {u, 0, 0, v, box.llx, box.lly};
  }
}

QPDFObjectHandle make_form(QPDF& pdf, const std::string& content, const TextPage& text, const PdfFont& font) {
  auto form = make_compressed_stream(pdf, content);
  auto dictionary = form.getDict();
  dictionary.replaceKey("/Type", QPDFObjectHandle::newName("/XObject"));
  dictionary.replaceKey("/Subtype", QPDFObjectHandle::newName("/Form"));
  dictionary.replaceKey("/BBox", QPDFObjectHandle::newArray(Rectangle(0, 0, text.width, text.height)));
  auto fonts = QPDFObjectHandle::newDictionary();
  fonts.replaceKey("/F", font.object());
  auto resources = QPDFObjectHandle::newDictionary();
  resources.replaceKey("/Font", fonts);
  dictionary.replaceKey("/Resources", resources);
  return form;
}

// Makes `form` a resource of this page alone (resources may be shared between pages) and returns its name.
std::string add_resource(QPDFPageObjectHelper& page, const QPDFObjectHandle& form) {
  auto resources = page.getAttribute("/Resources", true);
  if (!resources.isDictionary()) {
    resources = QPDFObjectHandle::newDictionary();
    page.getObjectHandle().replaceKey("/Resources", resources);
  }
  auto forms = resources.getKey("/XObject");
  forms = forms.isDictionary() ? forms.shallowCopy() : QPDFObjectHandle::newDictionary();
  int number = 1;
  auto name = resources.getUniqueResourceName("/DocmillText", number);
  forms.replaceKey(name, form);
  resources.replaceKey("/XObject", forms);
  return name;
}

}  // namespace

void graft_text(QPDF& pdf, QPDFPageObjectHelper page, const TextPage& text, PdfFont& font) {
  if (!(text.width > 0 && text.height > 0)) return;
  const auto layer = pdf_text_layer(text, font);
  if (layer.empty()) return;
  const auto name = add_resource(page, make_form(pdf, layer, text, font));
  const auto matrix = placement(page, text);
  std::string content = "q ";
  for (const double operand : {matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f}) {
    append_number(content, operand, 6);
    content += ' ';
  }
  // First: what the page's own content does to the state of graphics cannot touch it.
  page.addPageContents(QPDFObjectHandle::newStream(&pdf, content + "cm " + name + " Do Q\n"), true);
}

}  // namespace docmill::ocr
