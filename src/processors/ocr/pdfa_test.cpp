#include "processors/ocr/pdfa.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <qpdf/QPDFEFStreamObjectHelper.hh>
#include <qpdf/QPDFEmbeddedFileDocumentHelper.hh>
#include <qpdf/QPDFFileSpecObjectHelper.hh>
#include <qpdf/QPDFOutlineDocumentHelper.hh>

#include "documents/pdf_inspection.hpp"
#include "processors/ocr/ghostscript.hpp"
#include "processors/ocr/pdfa_check.hpp"
#include "processors/ocr/render_pdf_test_support.hpp"
#include "processors/test_support.hpp"

namespace docmill::ocr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string text_entries =
    "/MediaBox [0 0 600 400] /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";

PdfPage page_of(const std::string& text) {
  return {text_entries, "BT /F 24 Tf 50 300 Td (" + text + ") Tj ET 0.1 0.7 0.2 0 k 50 60 100 30 re f\n"};
}

// A page with a font that is not embedded and CMYK, a bookmark, a link, a title beyond Latin, JavaScript and a file.
std::string furnished_pdf() {
  QPDF pdf;
  add_pages(pdf, {page_of("Annual report"), page_of("Second page")});
  auto page = pdf.getAllPages().front();
  page.replaceKey("/Annots",
                  QPDFObjectHandle::parse("[<< /Type /Annot /Subtype /Link /Rect [10 10 90 30] /Border [0 0 0] "
                                          "/A << /S /URI /URI (https://example.org/) >> >>]"));
  auto outlines = pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /Outlines /Count 1 >>"));
  auto item = pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Title (Chapter one) >>"));
  item.replaceKey("/Parent", outlines);
  item.replaceKey("/Dest", QPDFObjectHandle::newArray({page, QPDFObjectHandle::newName("/Fit")}));
  outlines.replaceKey("/First", item);
  outlines.replaceKey("/Last", item);
  pdf.getRoot().replaceKey("/Outlines", outlines);
  pdf.getRoot().replaceKey("/OpenAction", QPDFObjectHandle::parse("<< /S /JavaScript /JS (app.alert\\(1\\)) >>"));
  QPDFEmbeddedFileDocumentHelper(pdf).replaceEmbeddedFile(
      "table.csv", QPDFFileSpecObjectHelper::createFileSpec(
                       pdf, "table.csv", QPDFEFStreamObjectHelper::createEFStream(pdf, std::string("a,b\n"))));
  auto information = QPDFObjectHandle::parse("<< /Author (Ada) /CreationDate (D:20240131120000+01'00') >>");
  information.replaceKey("/Title", QPDFObjectHandle::newUnicodeString("Jahresbericht für Ωmega & <Co>"));
  pdf.getTrailer().replaceKey("/Info", pdf.makeIndirectObject(information));
  QPDFWriter writer(pdf);
  return written(writer);
}

class Pdfa : public testing::Test {
 protected:
  void SetUp() override {
    if (find_ghostscript().empty()) GTEST_SKIP() << "Ghostscript is not installed";
  }

  PdfaBase base_of(const std::string& document, DocumentType type = DocumentType::pdf, int pages = 1,
                   const std::string& password = {}) {
    file_ = memory_file(document);
    source_ = pdf_source(file_, pages);
    source_.type = type;
    source_.password = password;
    auto base = make_pdfa_base(source_, surroundings_);
    EXPECT_TRUE(base) << (base ? "" : base.error().message);
    return base ? std::move(*base) : PdfaBase();
  }

  // The PDF/A with a word laid on its first page.
  std::string with_word(const PdfaBase& base) {
    auto source = source_;
    source.type = DocumentType::pdf;
    source.descriptor = base.descriptor;
    source.password.clear();
    source.pdfa = base.information;
    return render("pdf", {page_with_word("Recognised", {100, 100, 200, 120}, 600, 400)}, source);
  }

  const std::string furnished_ = furnished_pdf();
  Descriptor file_;
  RenderSource source_;
  Surroundings surroundings_;
};

TEST_F(Pdfa, KeepsPagesTextAndWhatIsAllowed) {
  const auto base = base_of(furnished_pdf(), DocumentType::pdf, 2);
  ASSERT_EQ(base.reason, "");
  EXPECT_EQ(surroundings_.last, "0/2 2") << "the clock is told of Ghostscript's pages";
  const auto made = with_word(base);
  EXPECT_THAT(text_of(made), HasSubstr("Annual report"));
  EXPECT_THAT(text_of(made), HasSubstr("Recognised"));
  EXPECT_THAT(text_of(made, 2), HasSubstr("Second page"));
  QPDF pdf;
  pdf.processMemoryFile("made", made.data(), made.size());
  EXPECT_EQ(QPDFOutlineDocumentHelper(pdf).getTopLevelOutlines().at(0).getTitle(), "Chapter one");
  auto links = QPDFPageObjectHelper(pdf.getAllPages().front()).getAnnotations("/Link");
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].getObjectHandle().getKey("/A").getKey("/URI").getStringValue(), "https://example.org/");
  EXPECT_EQ(pdf.getTrailer().getKey("/Info").getKey("/Title").getUTF8Value(), "Jahresbericht für Ωmega & <Co>");
  EXPECT_EQ(pdf.getTrailer().getKey("/Info").getKey("/CreationDate").getUTF8Value(), "D:20240131120000+01'00'");
  const auto xmp = pdf.getRoot().getKey("/Metadata").getStreamData();
  const std::string metadata(reinterpret_cast<const char*>(xmp->getBuffer()), xmp->getSize());
  EXPECT_THAT(metadata, HasSubstr("Jahresbericht für Ωmega &amp; &lt;Co&gt;"));
  EXPECT_THAT(metadata, HasSubstr("<xmp:CreateDate>2024-01-31T12:00:00+01:00<"));
}

TEST_F(Pdfa, ClaimsToBeOneAndDoesNotContradictItself) {
  const auto base = base_of(furnished_pdf(), DocumentType::pdf, 2);
  const auto facts = inspect_pdf(with_word(base), "");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->claims.pdfa, "2b");
  EXPECT_THAT(pdfa_contradictions(*facts), IsEmpty());
  EXPECT_THAT(facts->embedded_files, IsEmpty());
  EXPECT_THAT(base.left_out, ElementsAre("JavaScript", "embedded files"));
  QPDF pdf;
  const auto made = with_word(base);
  pdf.processMemoryFile("made", made.data(), made.size());
  auto intent = pdf.getRoot().getKey("/OutputIntents").getArrayItem(0);
  EXPECT_GT(intent.getKey("/DestOutputProfile").getStreamData()->getSize(), 100U);
}

TEST_F(Pdfa, OfAnImageShowsTheImage) {
  const std::string image = "P5 60 40 255\n" + std::string(2'400, '\x80');
  const auto base = base_of(image, DocumentType::pnm);
  EXPECT_EQ(base.reason, "");
  EXPECT_THAT(text_of(with_word(base)), HasSubstr("Recognised"));
}

TEST_F(Pdfa, OfAnEncryptedDocumentIsNot) {
  QPDF pdf;
  add_pages(pdf, {page_of("Secret")});
  QPDFWriter writer(pdf);
  writer.setR6EncryptionParameters("user", "owner", true, true, true, true, true, true, qpdf_r3p_full, true);
  const auto base = base_of(written(writer), DocumentType::pdf, 1, "user");
  EXPECT_EQ(base.reason, "");
  EXPECT_THAT(base.left_out, ElementsAre("the encryption"));
  EXPECT_THAT(text_of(with_word(base)), HasSubstr("Secret"));
}

TEST_F(Pdfa, OfADamagedDocumentIsWhole) {
  auto damaged = make_pdf({page_of("Still readable")});
  const auto table = damaged.rfind("startxref");
  damaged.replace(table, std::string::npos, "startxref\n7\n%%EOF\n");
  const auto base = base_of(damaged);
  EXPECT_EQ(base.reason, "");
  EXPECT_THAT(text_of(with_word(base)), HasSubstr("Still readable"));
}

TEST_F(Pdfa, KeepsWhatFormFieldsHold) {
  QPDF pdf;
  add_pages(pdf, {page_of("Name:")});
  auto field = pdf.makeIndirectObject(QPDFObjectHandle::parse(
      "<< /Type /Annot /Subtype /Widget /F 4 /FT /Tx /T (name) /V (Ada) /Rect [150 290 300 330] "
      "/DA (/Helv 20 Tf 0 g) >>"));
  auto look = QPDFObjectHandle::newStream(&pdf, "/Tx BMC q BT /Helv 20 Tf 5 10 Td (Ada) Tj ET Q EMC");
  look.replaceDict(QPDFObjectHandle::parse(
      "<< /Type /XObject /Subtype /Form /BBox [0 0 150 40] /Resources << /Font << /Helv << /Type /Font /Subtype /Type1 "
      "/BaseFont /Helvetica >> >> >> >>"));
  field.replaceKey("/AP", QPDFObjectHandle::newDictionary());
  field.getKey("/AP").replaceKey("/N", look);
  auto page = pdf.getAllPages().front();
  page.replaceKey("/Annots", QPDFObjectHandle::newArray({field}));
  auto form = QPDFObjectHandle::newDictionary();
  form.replaceKey("/Fields", QPDFObjectHandle::newArray({field}));
  pdf.getRoot().replaceKey("/AcroForm", pdf.makeIndirectObject(form));
  QPDFWriter writer(pdf);
  const auto base = base_of(written(writer));
  EXPECT_EQ(base.reason, "");
  EXPECT_THAT(base.left_out, ElementsAre("form fields"));
  EXPECT_THAT(text_of(with_word(base)), HasSubstr("Ada"));
}

TEST_F(Pdfa, KeepsCommentsAndNamesWhatItCannotKeep) {
  QPDF pdf;
  add_pages(pdf, {page_of("Marked")});
  auto page = pdf.getAllPages().front();
  page.replaceKey(
      "/Annots",
      QPDFObjectHandle::parse("[<< /Type /Annot /Subtype /Highlight /Rect [50 290 150 330] /Contents (Look) /C [1 1 0] "
                              "/QuadPoints [50 330 150 330 50 290 150 290] >> "
                              "<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents (A comment) /F 2 >>]"));
  pdf.getRoot().replaceKey("/StructTreeRoot",
                           pdf.makeIndirectObject(QPDFObjectHandle::parse("<< /Type /StructTreeRoot >>")));
  QPDFWriter writer(pdf);
  const auto base = base_of(written(writer));
  EXPECT_EQ(base.reason, "");
  EXPECT_THAT(base.left_out, testing::UnorderedElementsAre("tags", "annotations: Text"));
  const auto made = with_word(base);
  QPDF kept;
  kept.processMemoryFile("made", made.data(), made.size());
  EXPECT_EQ(QPDFPageObjectHelper(kept.getAllPages().front()).getAnnotations("/Highlight").size(), 1U);
}

TEST_F(Pdfa, KeepsBookmarksOfAPdfWithoutInformation) {
  QPDF pdf;
  pdf.processMemoryFile("furnished", furnished_.data(), furnished_.size());
  pdf.getTrailer().removeKey("/Info");
  QPDFWriter writer(pdf);
  EXPECT_EQ(base_of(written(writer), DocumentType::pdf, 2).reason, "");
}

TEST_F(Pdfa, SweepsUpAfterThoseThatWereKilled) {
  const auto left =
      std::filesystem::temp_directory_path() / "docmill-ghostscript-999999999";  // no process has this number
  std::filesystem::create_directory(left);
  EXPECT_EQ(base_of(make_pdf({page_of("Text")})).reason, "");
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(Pdfa, CannotHavePagesOfAnySize) {
  const auto base = base_of(make_pdf({{"/MediaBox [0 0 20000 400]", ""}}));
  EXPECT_EQ(base.descriptor, -1);
  EXPECT_THAT(base.reason, HasSubstr("larger or smaller than PDF/A allows (page 1)"));
}

TEST_F(Pdfa, IsRefusedIfItIsNotTheSame) {
  const auto original = memory_file(make_pdf({page_of("One two three")}));
  const auto fault = [&](const std::string& made) {
    const auto file = memory_file(made);
    return compare_pdfa(original.get(), file.get(), "a.pdf", [](int) {})->fault;
  };
  EXPECT_THAT(fault(make_pdf({page_of("One two three")})), HasSubstr("does not claim"));
  // A true PDF/A of another text, and of more pages.
  EXPECT_EQ(base_of(make_pdf({page_of("One two tree!")})).reason, "");
  EXPECT_THAT(fault(content_of(surroundings_.scratch_files.at("pdfa"))),
              HasSubstr("text would not be the same (page 1)"));
  surroundings_.scratch_files.clear();
  EXPECT_EQ(base_of(make_pdf({page_of("One two three"), page_of("")}), DocumentType::pdf, 2).reason, "");
  EXPECT_THAT(fault(content_of(surroundings_.scratch_files.at("pdfa"))), HasSubstr("2 pages instead of 1"));
}

// Another program in place of Ghostscript.
class PdfaWithoutGhostscript : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
    ::setenv("PATH", directory_.c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    std::filesystem::remove_all(directory_);
  }

  void replace_with(const std::string& script) const {
    std::ofstream(directory_ + "/gs") << "#!/bin/sh\n" << script;
    std::filesystem::permissions(directory_ + "/gs", std::filesystem::perms::owner_all);
  }

  Result<PdfaBase> make() {
    const auto file = memory_file(make_pdf({{}}));
    return make_pdfa_base(pdf_source(file), surroundings_);
  }

  Surroundings surroundings_;

 private:
  std::string directory_ = (std::filesystem::temp_directory_path() / "docmill-pdfa-XXXXXX").string();
  const std::string path_ = std::getenv("PATH");
};

TEST_F(PdfaWithoutGhostscript, IsNotMade) {
  const auto base = make();
  ASSERT_FALSE(base);
  EXPECT_EQ(base.error().code, ErrorCode::invalid_option);
  EXPECT_THAT(base.error().message, HasSubstr("install the package ghostscript"));
}

TEST_F(PdfaWithoutGhostscript, TellsTheLastWordsOfOneThatGivesUp) {
  replace_with("echo Error: first; echo Error: /VMerror in --run--; exit 1");
  const auto base = make();
  ASSERT_TRUE(base);
  EXPECT_EQ(base->descriptor, -1);
  EXPECT_THAT(base->reason, HasSubstr("Error: /VMerror in --run--"));
  EXPECT_THAT(base->reason, Not(HasSubstr("first")));
}

TEST_F(PdfaWithoutGhostscript, TakesNothingForAPdf) {
  replace_with("echo no PDF >&4");
  const auto garbage = make();
  ASSERT_TRUE(garbage);
  EXPECT_EQ(garbage->descriptor, -1);
  EXPECT_NE(garbage->reason, "");
}

}  // namespace
}  // namespace docmill::ocr
