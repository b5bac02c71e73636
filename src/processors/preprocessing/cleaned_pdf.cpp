#include "processors/preprocessing/cleaned_pdf.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <utility>

#include "documents/mapped_input.hpp"
#include "documents/text_format.hpp"
#include "processors/pdf_writing.hpp"
#include "processors/preprocessing/cleaned_pages.hpp"

namespace docmill::preprocessing {
namespace {

constexpr double points_per_inch = 72;

// What begins the sentence when qpdf cannot do it.
std::string trouble_with(const std::string& name) { return "no cleaned PDF can be made of '" + name + "'"; }

std::string numbers(std::initializer_list<double> values) {
  std::string text;
  for (const double value : values) {
    append_number(text, value, 3);
    text += ' ';
  }
  return text;
}

// Images of a page that lie one after the other in a file of a part, until all have been written.
struct StoredImages {
  std::shared_ptr<StoredFiles> files;
  std::size_t left = 0;  // to write

  Status take(std::size_t offset, std::size_t size, const std::function<void(std::string_view)>& piece) {
    DOCMILL_TRY(bytes, stored_cleaned(*files));
    piece(std::string_view(bytes).substr(std::min(offset, bytes.size()), size));
    if (--left == 0) files->give_back();
    return {};
  }
};

}  // namespace

CleanedPdf::CleanedPdf(const StageSetup& setup, MappedFile file, Output& output, int scratch)
    : name_(setup.input.name),
      password_(setup.options.at("password").as_string()),
      type_(setup.document.type()),
      file_(std::move(file)),
      output_(output),
      images_(scratch) {
  pdf_.setSuppressWarnings(true);
}

Status CleanedPdf::open() {
  return guard_qpdf(name_, trouble_with(name_), [&] {
    if (type_ != DocumentType::pdf) {
      pdf_.emptyPDF();
      return;
    }
    pdf_.processInputSource(std::make_shared<MappedInput>(name_, file_), password_.c_str());
    for (auto& page : QPDFPageDocumentHelper(pdf_).getAllPages()) pages_.push_back(page);
  });
}

// qpdf asks for the data once, when it writes the stream.
QPDFObjectHandle CleanedPdf::make_image(const EncodedImage& image, Provider provide) {
  auto stream = QPDFObjectHandle::newStream(&pdf_);
  stream.replaceDict(QPDFObjectHandle::parse("<< /Type /XObject /Subtype /Image /Width " + std::to_string(image.width) +
                                             " /Height " + std::to_string(image.height) + " " + image.dictionary +
                                             " >>"));
  const auto write_to = [provide = std::move(provide)](Pipeline* end) {
    const auto provided = provide([&](std::string_view piece) {
      end->write(reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
    });
    if (!provided) throw ThrownError(provided.error());
    end->finish();
  };
  stream.replaceStreamData(write_to, stream.getDict().getKey("/Filter"), stream.getDict().getKey("/DecodeParms"));
  return stream;
}

CleanedPdf::Provider CleanedPdf::spooled(const EncodedImage& image) {
  const auto place = images_.put(image.data);
  if (!place) throw ThrownError(place.error());
  return
      [this, place = *place](const std::function<void(std::string_view)>& piece) { return images_.take(place, piece); };
}

void CleanedPdf::set_content(QPDFObjectHandle page, const EncodedImage& image, Provider provide) {
  const double scale = points_per_inch / std::max(image.dpi, 1.0);
  const double width = image.width * scale;
  const double height = image.height * scale;
  // Where things are has changed: what points to places on the page goes with them.
  for (const auto* key :
       {"/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit", "/Annots", "/Thumb"}) {
    page.removeKey(key);
  }
  page.replaceKey("/Rotate", QPDFObjectHandle::newInteger(0));  // whatever stands above it in the tree
  page.replaceKey("/MediaBox", QPDFObjectHandle::parse("[" + numbers({0, 0, width, height}) + "]"));
  page.replaceKey("/CropBox", page.getKey("/MediaBox"));
  auto images = QPDFObjectHandle::newDictionary();
  images.replaceKey("/Im", make_image(image, std::move(provide)));
  auto resources = QPDFObjectHandle::newDictionary();
  resources.replaceKey("/XObject", images);
  page.replaceKey("/Resources", resources);
  const auto content = "q " + numbers({width, 0, 0, height, 0, 0}) + "cm /Im Do Q\n";
  page.replaceKey("/Contents", QPDFObjectHandle::newStream(&pdf_, content));
}

Status CleanedPdf::add(int number, const std::vector<EncodedImage>& images, std::shared_ptr<StoredFiles> stored) {
  return guard_qpdf(name_, trouble_with(name_), [&] {
    QPDFPageDocumentHelper document(pdf_);
    const auto waiting = std::make_shared<StoredImages>(StoredImages{std::move(stored), images.size()});
    std::size_t offset = 0;
    QPDFPageObjectHelper last(QPDFObjectHandle::newNull());
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto& image = images[i];
      const auto size = image.data.size();
      Provider provide = [waiting, offset, size](const auto& piece) { return waiting->take(offset, size, piece); };
      if (!waiting->files) provide = spooled(image);
      offset += size;
      if (i == 0 && type_ == DocumentType::pdf) {
        last = pages_.at(static_cast<std::size_t>(number) - 1);
        set_content(last.getObjectHandle(), image, std::move(provide));
        continue;
      }
      const QPDFPageObjectHelper page(pdf_.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /Page >>")));
      set_content(page.getObjectHandle(), image, std::move(provide));
      if (i == 0) {
        document.addPage(page, false);
      } else {
        document.addPageAt(page, false, last);
      }
      last = page;
    }
  });
}

Status CleanedPdf::finish() {
  DOCMILL_CHECK(guard_qpdf(name_, trouble_with(name_), [&] {
    return write_document(pdf_, {}, [&](std::string_view bytes) { return output_.write(bytes); });
  }));
  return output_.flush();
}

}  // namespace docmill::preprocessing
