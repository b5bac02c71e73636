// What else stands in a PDF is still there when text has been laid under its pages.
#include <gtest/gtest.h>

#include <qpdf/QPDFAcroFormDocumentHelper.hh>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFOutlineDocumentHelper.hh>

#include "processors/ocr/render_pdf_test_support.hpp"

namespace docmill::ocr {
namespace {

QPDFObjectHandle add(QPDF& pdf, const std::string& object) {
  return pdf.makeIndirectObject(QPDFObjectHandle::parse(object));
}

void add_bookmark(QPDF& pdf, const QPDFObjectHandle& page) {
  auto outlines = add(pdf, "<< /Type /Outlines /Count 1 >>");
  auto item = add(pdf, "<< /Title (Chapter one) >>");
  item.replaceKey("/Parent", outlines);
  item.replaceKey("/Dest", QPDFObjectHandle::newArray({page, QPDFObjectHandle::newName("/Fit")}));
  outlines.replaceKey("/First", item);
  outlines.replaceKey("/Last", item);
  pdf.getRoot().replaceKey("/Outlines", outlines);
}

// A link to a site and a text field that is filled in.
void add_annotations(QPDF& pdf, QPDFObjectHandle page) {
  auto link =
      add(pdf, "<< /Type /Annot /Subtype /Link /Rect [10 10 90 30] /A << /S /URI /URI (https://example.org/) >> >>");
  auto field = add(pdf, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada) /Rect [10 40 90 60] >>");
  page.replaceKey("/Annots", QPDFObjectHandle::newArray({link, field}));
  auto form = add(pdf, "<< >>");
  form.replaceKey("/Fields", QPDFObjectHandle::newArray({field}));
  pdf.getRoot().replaceKey("/AcroForm", form);
}

std::string furnished_pdf() {
  QPDF pdf;
  add_pages(pdf, {{}, {}});
  const auto page = pdf.getAllPages().front();
  add_bookmark(pdf, page);
  add_annotations(pdf, page);
  const std::string attachment = "a,b\n1,2\n";
  QPDFEmbeddedFileDocumentHelper(pdf).replaceEmbeddedFile(
      "table.csv", QPDFFileSpecObjectHelper::createFileSpec(pdf, "table.csv",
                                                            QPDFEFStreamObjectHelper::createEFStream(pdf, attachment)));
  pdf.getTrailer().replaceKey("/Info", add(pdf, "<< /Title (Annual report) /Author (Ada) >>"));
  auto metadata = QPDFObjectHandle::newStream(&pdf, "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
  metadata.getDict().replaceKey("/Type", QPDFObjectHandle::newName("/Metadata"));
  metadata.getDict().replaceKey("/Subtype", QPDFObjectHandle::newName("/XML"));
  pdf.getRoot().replaceKey("/Metadata", metadata);
  QPDFWriter writer(pdf);
  return written(writer);
}

class WhatElseStandsInAPdf : public testing::Test {
 protected:
  WhatElseStandsInAPdf()
      : bytes_(render_over(furnished_pdf(), {page_with_word("Word", {100, 100, 200, 120}, 600, 400)})) {
    pdf_.processMemoryFile("result", bytes_.data(), bytes_.size());
  }

  const std::string bytes_;
  QPDF pdf_;
};

TEST_F(WhatElseStandsInAPdf, TheTextIsThere) { EXPECT_EQ(words_of(bytes_).size(), 1U); }

TEST_F(WhatElseStandsInAPdf, MetadataIsKept) {
  EXPECT_EQ(pdf_.getTrailer().getKey("/Info").getKey("/Title").getUTF8Value(), "Annual report");
  EXPECT_EQ(pdf_.getTrailer().getKey("/Info").getKey("/Author").getUTF8Value(), "Ada");
  const auto xmp = pdf_.getRoot().getKey("/Metadata").getStreamData();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(xmp->getBuffer()), xmp->getSize()),
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
}

TEST_F(WhatElseStandsInAPdf, BookmarksLeadToTheirPages) {
  auto outlines = QPDFOutlineDocumentHelper(pdf_).getTopLevelOutlines();
  ASSERT_EQ(outlines.size(), 1U);
  EXPECT_EQ(outlines[0].getTitle(), "Chapter one");
  EXPECT_EQ(outlines[0].getDestPage().getObjGen(), pdf_.getAllPages().front().getObjGen());
}

TEST_F(WhatElseStandsInAPdf, LinksStayWhereTheyAre) {
  auto page = pdf_.getAllPages().front();
  auto link = page.getKey("/Annots").getArrayItem(0);
  EXPECT_EQ(link.getKey("/A").getKey("/URI").getStringValue(), "https://example.org/");
  EXPECT_EQ(link.getKey("/Rect").unparse(), "[ 10 10 90 30 ]");
}

TEST_F(WhatElseStandsInAPdf, FieldsStayFilledIn) {
  auto fields = QPDFAcroFormDocumentHelper(pdf_).getFormFields();
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(fields[0].getFullyQualifiedName(), "name");
  EXPECT_EQ(fields[0].getValueAsString(), "Ada");
}

TEST_F(WhatElseStandsInAPdf, AttachmentsAreKept) {
  auto file = QPDFEmbeddedFileDocumentHelper(pdf_).getEmbeddedFile("table.csv");
  ASSERT_TRUE(file);
  const auto content = file->getEmbeddedFileStream().getStreamData();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(content->getBuffer()), content->getSize()), "a,b\n1,2\n");
}

TEST(WrongPageCounts, AreSetRight) {
  QPDF pdf;
  add_pages(pdf, {{}, {"/MediaBox [0 0 300 300] /Rotate 90"}});
  pdf.getRoot().getKey("/Pages").replaceKey("/Count", QPDFObjectHandle::newInteger(7));
  QPDFWriter writer(pdf);
  const auto bytes = render_over(written(writer), {page_with_word("Word", {100, 100, 200, 120}, 600, 400)});
  QPDF made;
  made.processMemoryFile("made", bytes.data(), bytes.size());
  EXPECT_EQ(made.getRoot().getKey("/Pages").getKey("/Count").getIntValue(), 2);
  ASSERT_EQ(made.getAllPages().size(), 2U);
  auto second = made.getAllPages()[1];
  EXPECT_EQ(second.getKey("/Rotate").getIntValue(), 90);
}

}  // namespace
}  // namespace docmill::ocr
