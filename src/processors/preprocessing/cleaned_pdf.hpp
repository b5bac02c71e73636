// CleanedPdf: cleaned pages as a PDF. Of a PDF the pages that were not cleaned stay as they are, with outlines and
// metadata of the document; of an image file there are the cleaned pages alone.
#pragma once

#include <functional>
#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>
#include <string_view>
#include <vector>

#include "documents/mapped_file.hpp"
#include "processors/output.hpp"
#include "processors/pdf_encode.hpp"
#include "processors/spool.hpp"
#include "processors/stage.hpp"

namespace docmill::preprocessing {

class CleanedPdf {
 public:
  // `output` and `scratch` (a file of its own, see Spool) outlive this. Failures of qpdf are `unreadable`.
  CleanedPdf(const StageSetup& setup, MappedFile file, Output& output, int scratch);
  Status open();

  // The images that take the place of page `number`: one, or two of a double page. They wait where they are `stored`
  // (one after the other, by this stage), or in the scratch file, until finish().
  Status add(int number, const std::vector<EncodedImage>& images, std::shared_ptr<StoredFiles> stored);
  Status finish();

 private:
  // Hands out the data of an image in pieces, once.
  using Provider = std::function<Status(const std::function<void(std::string_view)>& piece)>;

  Provider spooled(const EncodedImage& image);
  QPDFObjectHandle make_image(const EncodedImage& image, Provider provide);
  void set_content(QPDFObjectHandle page, const EncodedImage& image, Provider provide);

  const std::string name_;
  const std::string password_;
  const DocumentType type_;
  const MappedFile file_;  // read by pdf_
  Output& output_;
  Spool images_;
  QPDF pdf_;
  std::vector<QPDFPageObjectHelper> pages_;
};

}  // namespace docmill::preprocessing
