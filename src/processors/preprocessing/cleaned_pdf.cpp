#include "processors/preprocessing/cleaned_pdf.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <qpdf/Buffer.hh>
#include <qpdf/BufferInputSource.hh>
#include <qpdf/Pl_Function.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>
#include <utility>

#include "documents/text_format.hpp"

namespace docmill::preprocessing {
namespace {

constexpr double points_per_inch = 72;

// Runs `action`; what qpdf throws becomes the failure that is returned.
Status guarded(const std::string& name, const std::function<void()>& action) {
  try {
    action();
    return {};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return fail(ErrorCode::unreadable, "no cleaned PDF can be made of '" + name + "': " + problem.what());
  }
}

std::string numbers(std::initializer_list<double> values) {
  std::string text;
  for (const double value : values) {
    append_number(text, value, 3);
    text += ' ';
  }
  return text;
}

}  // namespace

CleanedPdf::CleanedPdf(const StageSetup& setup, MappedFile file, Output& output)
    : name_(setup.input.name),
      password_(setup.options.at("password").as_string()),
      type_(setup.document.type()),
      file_(std::move(file)),
      output_(output) {
  pdf_.setSuppressWarnings(true);
}

Status CleanedPdf::open() {
  return guarded(name_, [&] {
    if (type_ != DocumentType::pdf) {
      pdf_.emptyPDF();
      return;
    }
    // Neither buffer owns the bytes: file_ does, and lives longer.
    auto buffer = std::make_unique<Buffer>(const_cast<unsigned char*>(file_.data()), file_.size());
    auto input = std::make_shared<BufferInputSource>(name_, buffer.release(), true);
    pdf_.processInputSource(input, password_.c_str());
    for (auto& page : QPDFPageDocumentHelper(pdf_).getAllPages()) pages_.push_back(page);
  });
}

QPDFObjectHandle CleanedPdf::make_image(const EncodedImage& image) {
  auto stream = QPDFObjectHandle::newStream(&pdf_);
  stream.replaceDict(QPDFObjectHandle::parse("<< /Type /XObject /Subtype /Image /Width " + std::to_string(image.width) +
                                             " /Height " + std::to_string(image.height) + " " + image.dictionary +
                                             " >>"));
  stream.replaceStreamData(image.data, stream.getDict().getKey("/Filter"), stream.getDict().getKey("/DecodeParms"));
  return stream;
}

void CleanedPdf::set_content(QPDFObjectHandle page, const EncodedImage& image) {
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
  images.replaceKey("/Im", make_image(image));
  auto resources = QPDFObjectHandle::newDictionary();
  resources.replaceKey("/XObject", images);
  page.replaceKey("/Resources", resources);
  const auto content = "q " + numbers({width, 0, 0, height, 0, 0}) + "cm /Im Do Q\n";
  page.replaceKey("/Contents", QPDFObjectHandle::newStream(&pdf_, content));
}

Status CleanedPdf::add(int number, const std::vector<EncodedImage>& images) {
  return guarded(name_, [&] {
    QPDFPageDocumentHelper document(pdf_);
    QPDFPageObjectHelper last(QPDFObjectHandle::newNull());
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (i == 0 && type_ == DocumentType::pdf) {
        last = pages_.at(static_cast<std::size_t>(number) - 1);
        set_content(last.getObjectHandle(), images[i]);
        continue;
      }
      const QPDFPageObjectHelper page(pdf_.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /Page >>")));
      set_content(page.getObjectHandle(), images[i]);
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
  Status written;
  Pl_Function end("output", nullptr, [&](const unsigned char* data, std::size_t size) {
    written = output_.write(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!written) throw std::runtime_error("the output cannot be written");
  });
  const auto made = guarded(name_, [&] {
    QPDFWriter writer(pdf_);
    writer.setOutputPipeline(&end);
    writer.setStreamDataMode(qpdf_s_preserve);
    writer.setPreserveEncryption(false);
    writer.setDeterministicID(true);
    writer.write();
  });
  DOCMILL_CHECK(written);
  DOCMILL_CHECK(made);
  return output_.flush();
}

}  // namespace docmill::preprocessing
