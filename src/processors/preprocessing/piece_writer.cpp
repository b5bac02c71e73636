#include "processors/preprocessing/piece_writer.hpp"

#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

namespace docmill::preprocessing {
namespace {

// Pages often name all images and fonts of the document as theirs: by a resource dictionary that is inherited, or that
// they share. To find out what they do use costs reading their content.
bool may_share_resources(QPDFPageObjectHelper page) {
  auto resources = page.getAttribute("/Resources", false);
  if (!resources.isDictionary()) return false;
  const bool is_own = page.getObjectHandle().getKey("/Resources").isDictionary() && !resources.isIndirect();
  return !is_own || resources.getKey("/XObject").isIndirect() || resources.getKey("/Font").isIndirect();
}

// Page `number`, with resources of its own.
QPDFPageObjectHelper page_by_itself(PdfSource& source, int number) {
  auto page = source.pages().at(static_cast<std::size_t>(number) - 1);
  if (may_share_resources(page)) page.removeUnreferencedResources();
  return page;
}

void copy_information(PdfSource& source, QPDF& piece) {
  auto information = source.pdf().getTrailer().getKey("/Info");
  if (!information.isDictionary()) return;
  if (!information.isIndirect()) information = source.pdf().makeIndirectObject(information);
  piece.getTrailer().replaceKey("/Info", piece.copyForeignObject(information));
}

// What an object needs in a file: its text, and its data where it is a stream.
std::uint64_t size_in_file(QPDFObjectHandle object) {
  constexpr std::uint64_t frame = 64;  // "12 0 obj … endobj", its row in the table of cross-references
  if (!object.isStream()) return frame + object.unparseResolved().size();
  auto length = object.getDict().getKey("/Length");
  const auto data = length.isInteger() ? std::max(0LL, length.getIntValue()) : 0LL;
  return frame + object.getDict().unparseResolved().size() + static_cast<std::uint64_t>(data);
}

void push_children(QPDFObjectHandle object, std::vector<QPDFObjectHandle>& objects) {
  if (object.isArray()) {
    for (const auto& item : object.getArrayAsVector()) objects.push_back(item);
    return;
  }
  auto dictionary = object.isStream() ? object.getDict() : object;
  if (!dictionary.isDictionary()) return;
  for (const auto& key : dictionary.getKeys()) {
    if (key != "/Parent") objects.push_back(dictionary.getKey(key));
  }
}

}  // namespace

Status write_piece(PdfSource& source, const Piece& piece, const WriteStyle& style, const ByteSink& sink) {
  QPDF made;
  made.setSuppressWarnings(true);
  made.emptyPDF();
  QPDFPageDocumentHelper pages(made);
  QPDFAcroFormDocumentHelper form_of_source(source.pdf());
  QPDFAcroFormDocumentHelper form(made);
  for (const int number : piece) {
    auto page = page_by_itself(source, number);
    pages.addPage(page, false);
    if (!form_of_source.hasAcroForm()) continue;
    form.fixCopiedAnnotations(pages.getAllPages().back().getObjectHandle(), page.getObjectHandle(), form_of_source);
  }
  copy_information(source, made);
  return write_document(made, style, sink);
}

std::uint64_t estimate_page(PdfSource& source, int number, std::set<QPDFObjGen>& seen) {
  std::uint64_t size = 0;
  auto page = page_by_itself(source, number).getObjectHandle();
  std::vector<QPDFObjectHandle> objects{page};
  while (!objects.empty()) {
    auto object = objects.back();
    objects.pop_back();
    const bool is_other_page = object.isDictionaryOfType("/Page") && !object.isSameObjectAs(page);
    if (is_other_page) continue;
    if (object.isIndirect()) {
      if (!seen.insert(object.getObjGen()).second) continue;
      size += size_in_file(object);
    }
    push_children(object, objects);
  }
  return size;
}

}  // namespace docmill::preprocessing
