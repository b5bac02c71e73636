#include "processors/preprocessing/pdf_merge.hpp"

#include <memory>
#include <optional>
#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <utility>

#include "documents/document.hpp"
#include "processors/pdf_writing.hpp"
#include "processors/preprocessing/pdf_source.hpp"

namespace docmill::preprocessing {
namespace {

// The name of a file without directories and extension.
std::string title_of(const std::string& name) {
  const auto file = name.substr(name.rfind('/') + 1);
  const auto dot = file.rfind('.');
  return dot == std::string::npos || dot == 0 ? file : file.substr(0, dot);
}

class Merger {
 public:
  Merger() {
    made_.setSuppressWarnings(true);
    made_.emptyPDF();
    form_.emplace(made_);
  }

  Status add(MergeInput input, const std::string& password) {
    DOCMILL_TRY(file, MappedFile::map(input.file.get()));
    if (sniff(file.bytes()) != DocumentType::pdf) {
      return fail(ErrorCode::unsupported_type,
                  "'" + input.name + "' is no PDF; `docmill run ocr --format pdf` makes one");
    }
    return guard_qpdf(input.name, "the PDF '" + input.name + "' cannot be merged", [&] {
      sources_.push_back(std::make_unique<PdfSource>(input.name, std::move(file), password));
      add_pages(*sources_.back(), title_of(input.name));
    });
  }

  Result<int> write(const ByteSink& sink) {
    add_bookmarks();
    DOCMILL_CHECK(guard_qpdf("the merged PDF", "the merged PDF cannot be written",
                             [&] { return write_document(made_, {}, sink); }));
    return pages_;
  }

 private:
  struct Bookmark {
    std::string title;
    QPDFObjectHandle page;
  };

  void add_pages(PdfSource& source, const std::string& title) {
    QPDFPageDocumentHelper pages(made_);
    QPDFAcroFormDocumentHelper form_of_source(source.pdf());
    bool is_first = true;
    for (const auto& page : source.pages()) {
      pages.addPage(page, false);
      const auto copy = made_.getAllPages().back();
      if (form_of_source.hasAcroForm()) {
        form_->fixCopiedAnnotations(copy, page.getObjectHandle(), form_of_source);
      }
      if (std::exchange(is_first, false)) bookmarks_.push_back({title, copy});
      ++pages_;
    }
  }

  // A flat outline: ISO 32000-1, 12.3.3.
  void add_bookmarks() {
    auto outlines = made_.makeIndirectObject(QPDFObjectHandle::parse("<</Type /Outlines>>"));
    std::optional<QPDFObjectHandle> previous;
    for (const auto& bookmark : bookmarks_) {
      auto item = made_.makeIndirectObject(QPDFObjectHandle::newDictionary());
      item.replaceKey("/Title", QPDFObjectHandle::newUnicodeString(bookmark.title));
      item.replaceKey("/Parent", outlines);
      item.replaceKey("/Dest", QPDFObjectHandle::newArray({bookmark.page, QPDFObjectHandle::newName("/Fit")}));
      if (previous) {
        previous->replaceKey("/Next", item);
        item.replaceKey("/Prev", *previous);
      } else {
        outlines.replaceKey("/First", item);
      }
      outlines.replaceKey("/Last", item);
      previous = item;
    }
    outlines.replaceKey("/Count", QPDFObjectHandle::newInteger(static_cast<long long>(bookmarks_.size())));
    made_.getRoot().replaceKey("/Outlines", outlines);
  }

  // Before what is made of them: its streams are read from them while it is written.
  std::vector<std::unique_ptr<PdfSource>> sources_;
  QPDF made_;
  std::optional<QPDFAcroFormDocumentHelper> form_;  // which wants a document that is there
  std::vector<Bookmark> bookmarks_;
  int pages_ = 0;
};

}  // namespace

Result<int> merge_pdfs(std::vector<MergeInput> inputs, const std::string& password, const ByteSink& sink) {
  Merger merger;
  for (auto& input : inputs) DOCMILL_CHECK(merger.add(std::move(input), password));
  return merger.write(sink);
}

}  // namespace docmill::preprocessing
