#include "documents/pdf_inspection.hpp"

#include <gtest/gtest.h>

#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include "documents/test_files.hpp"

namespace docmill {
namespace {

using namespace test;

PdfFacts facts_of(const std::string& bytes, const PdfInspectionLimits& limits = {}) {
  auto facts = inspect_pdf(bytes, "", limits);
  EXPECT_TRUE(facts) << facts.error().message;
  return facts ? std::move(*facts) : PdfFacts{};
}

std::string encrypted(const std::string& bytes, const std::string& user_password) {
  QPDF pdf;
  pdf.processMemoryFile("plain", bytes.data(), bytes.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setR6EncryptionParameters(user_password.c_str(), "owner", true, false, true, true, true, false, qpdf_r3p_low,
                                   true);
  writer.write();
  const auto written = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(written->getBuffer()), written->getSize()};
}

// Replaces the only occurrence of `what`.
std::string replaced(std::string bytes, const std::string& what, const std::string& by) {
  const auto place = bytes.find(what);
  EXPECT_NE(place, std::string::npos);
  return bytes.replace(place, what.size(), by);
}

TEST(PdfInspection, finds_nothing_in_a_plain_file_but_the_font_that_every_reader_has) {
  const auto facts = facts_of(one_page("BT /F 9 Tf (a) Tj ET"));
  EXPECT_EQ(facts.version, "1.5");
  EXPECT_EQ(facts.page_count, 1);
  EXPECT_EQ(facts.declared_page_count, 1);
  EXPECT_FALSE(facts.is_rebuilt);
  EXPECT_FALSE(facts.is_encrypted());
  EXPECT_TRUE(facts.damage.empty());
  EXPECT_TRUE(facts.scripts.empty() && facts.launches.empty() && facts.references.empty());
  EXPECT_TRUE(facts.embedded_files.empty() && facts.signatures.empty() && facts.box_problems.empty());
  EXPECT_TRUE(facts.looked_no_further.empty());
  ASSERT_EQ(facts.missing_fonts.size(), 1U);
  EXPECT_EQ(facts.missing_fonts[0].name, "Helvetica");
  EXPECT_TRUE(facts.missing_fonts[0].is_standard);
  EXPECT_EQ(facts.missing_fonts[0].pages, std::vector{1});
}

TEST(PdfInspection, says_how_a_file_is_damaged) {
  const auto whole = one_page("BT ET");
  auto facts = facts_of(replaced(whole, "startxref\n", "startxref\n9"));
  EXPECT_TRUE(facts.is_rebuilt);
  ASSERT_FALSE(facts.damage.empty());
  EXPECT_EQ(facts.damage[0].kind, PdfDamageKind::cross_references);

  facts = facts_of(replaced(whole, "%%EOF\n", ""));
  ASSERT_EQ(facts.damage.size(), 1U);
  EXPECT_EQ(facts.damage[0].kind, PdfDamageKind::truncated);

  facts = facts_of("HTTP/1.1 200 OK\n\n" + whole);
  ASSERT_FALSE(facts.damage.empty());
  EXPECT_EQ(facts.damage[0].kind, PdfDamageKind::header);
}

TEST(PdfInspection, names_the_page_whose_content_cannot_be_decoded) {
  PdfFile pdf;
  pdf.add_page("BT ET", "", letter_size);
  const int broken = pdf.add_stream("/Filter/FlateDecode", "no deflated data");
  pdf.add_kid(pdf.add("<</Type/Page/Parent 2 0 R/Contents[" + std::to_string(broken) + " 0 R]" + letter_size + ">>"));
  const auto facts = facts_of(pdf.bytes());
  ASSERT_FALSE(facts.damage.empty());
  for (const auto& damage : facts.damage) {
    EXPECT_EQ(damage.page, 2) << damage.message;
    EXPECT_EQ(damage.kind, PdfDamageKind::stream) << damage.message;
  }
}

TEST(PdfInspection, walks_page_trees_that_lie) {
  const auto loop = facts_of(
      "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>> "
      "endobj\n3 0 obj <</Type/Pages/Kids[2 0 R]/Count 1>> endobj\n4 0 obj <</Type/Page/MediaBox[0 0 9 9]>> endobj\n"
      "trailer <</Root 1 0 R/Size 5>>\n%%EOF\n");
  EXPECT_EQ(loop.page_count, 1);
  EXPECT_EQ(loop.declared_page_count, 2);
  int in_tree = 0;
  for (const auto& damage : loop.damage) in_tree += damage.kind == PdfDamageKind::page_tree ? 1 : 0;
  EXPECT_EQ(in_tree, 2);  // the loop, and the count
}

TEST(PdfInspection, tells_encryption_and_what_the_user_may_do) {
  const auto file = encrypted(one_page("BT ET"), "");
  const auto as_user = facts_of(file);
  ASSERT_TRUE(as_user.encryption);
  EXPECT_EQ(as_user.encryption->method, "AES-256");
  EXPECT_EQ(as_user.encryption->key_bits, 256);
  EXPECT_EQ(as_user.encryption->revision, 6);
  EXPECT_TRUE(as_user.encryption->needs_none);
  EXPECT_FALSE(as_user.encryption->as_owner);
  EXPECT_FALSE(as_user.encryption->may_copy);
  EXPECT_FALSE(as_user.encryption->may_modify);
  EXPECT_TRUE(as_user.encryption->may_print);
  EXPECT_FALSE(as_user.encryption->may_print_well);

  const auto as_owner = inspect_pdf(file, "owner");
  ASSERT_TRUE(as_owner);
  EXPECT_TRUE(as_owner->encryption->as_owner);
  EXPECT_FALSE(as_owner->encryption->needs_none);
}

TEST(PdfInspection, does_not_open_without_the_password) {
  const auto file = encrypted(one_page("BT ET"), "secret");
  EXPECT_EQ(inspect_pdf(file, "").error().code, ErrorCode::encrypted);
  EXPECT_EQ(inspect_pdf(file, "wrong").error().code, ErrorCode::encrypted);
  EXPECT_TRUE(inspect_pdf(file, "secret"));
  EXPECT_EQ(inspect_pdf("no PDF at all", "").error().code, ErrorCode::unreadable);
}

TEST(PdfInspection, finds_scripts_wherever_they_hide) {
  PdfFile pdf;
  pdf.add_to_catalog("/OpenAction<</S/GoTo/D[3 0 R]/Next[<</S/JavaScript/JS(a)>>]>>");
  pdf.add_to_catalog("/AA<</WC<</S/JavaScript/JS(b)>>>>");
  pdf.add_to_catalog("/Names<</JavaScript<</Kids[<</Names[(n)<</S/JavaScript/JS(c)>>]>>]>>>>");
  pdf.add_to_catalog("/Outlines<</First<</A<</S/JavaScript/JS(d)>>>>>>");
  pdf.add_to_catalog("/AcroForm<</Fields[<</T(f)/FT/Tx/AA<</K<</S/JavaScript/JS(e)>>>>>>]>>");
  pdf.add_page("BT ET", "",
               letter_size + "/AA<</O<</S/JavaScript/JS(g)>>>>/Annots[<</Subtype/Link/A<</S/JavaScript/JS(h)>>>>]");
  const auto facts = facts_of(pdf.bytes());
  std::map<PdfPlace, int> places;
  for (const auto& script : facts.scripts) {
    ++places[script.place];
    const bool is_on_page = script.place == PdfPlace::page || script.place == PdfPlace::annotation;
    EXPECT_EQ(script.page, is_on_page ? 1 : 0) << script.trigger;
  }
  EXPECT_EQ(places[PdfPlace::document], 3);
  EXPECT_EQ(places[PdfPlace::outline], 1);
  EXPECT_EQ(places[PdfPlace::field], 1);
  EXPECT_EQ(places[PdfPlace::page], 1);
  EXPECT_EQ(places[PdfPlace::annotation], 1);
}

TEST(PdfInspection, follows_actions_that_follow_each_other_in_a_circle_once) {
  PdfFile pdf;
  pdf.add_page("BT ET", "", letter_size + "/Annots[<</Subtype/Link/A 5 0 R>>]");
  ASSERT_EQ(pdf.add("<</S/URI/URI(http://a.example)/Next 5 0 R>>"), 5);
  EXPECT_EQ(facts_of(pdf.bytes()).references.size(), 1U);
}

TEST(PdfInspection, names_programs_references_and_attached_files) {
  PdfFile pdf;
  pdf.add_page("BT ET", "",
               letter_size +
                   "/Annots[<</Subtype/Link/A<</S/Launch/Win<</F(cmd.exe)>>>>>>"
                   "<</Subtype/Link/A<</S/GoToR/F(other.pdf)>>>><</Subtype/Link/A<</S/URI/URI(http://a.example)>>>>"
                   "<</Subtype/Link/A<</S/SubmitForm/F<</FS/URL/F(http://b.example)>>>>>>"
                   "<</Subtype/FileAttachment/FS 5 0 R>>]");
  ASSERT_EQ(pdf.add("<</Type/Filespec/F(plain.txt)/UF<FEFF00FC002E007400780074>/EF<</F 6 0 R>>>>"), 5);
  ASSERT_EQ(pdf.add_stream("/Type/EmbeddedFile/Params<</Size 3>>", "abc"), 6);
  pdf.add_to_catalog("/Names<</EmbeddedFiles<</Names[(same) 5 0 R]>>>>");
  const auto facts = facts_of(pdf.bytes());
  ASSERT_EQ(facts.launches.size(), 1U);
  EXPECT_EQ(facts.launches[0].target, "cmd.exe");
  EXPECT_EQ(facts.launches[0].page, 1);
  ASSERT_EQ(facts.references.size(), 3U);
  EXPECT_EQ(facts.references[0].kind, PdfReferenceKind::remote_document);
  EXPECT_EQ(facts.references[0].target, "other.pdf");
  EXPECT_EQ(facts.references[1].kind, PdfReferenceKind::uri);
  EXPECT_EQ(facts.references[2].kind, PdfReferenceKind::form_target);
  EXPECT_EQ(facts.references[2].target, "http://b.example");
  ASSERT_EQ(facts.embedded_files.size(), 1U);  // named twice, is once
  EXPECT_EQ(facts.embedded_files[0].name, "ü.txt");
  EXPECT_EQ(facts.embedded_files[0].size, 3);
}

TEST(PdfInspection, finds_streams_whose_data_are_elsewhere) {
  PdfFile pdf;
  pdf.add_page("/X Do", "/XObject<</X 5 0 R>>", letter_size);
  ASSERT_EQ(pdf.add_stream("/Subtype/Image/Width 1/Height 1/F(picture.jpg)", ""), 5);
  const auto facts = facts_of(pdf.bytes());
  ASSERT_EQ(facts.references.size(), 1U);
  EXPECT_EQ(facts.references[0].kind, PdfReferenceKind::stream_data);
  EXPECT_EQ(facts.references[0].target, "picture.jpg");
  EXPECT_EQ(facts.references[0].page, 1);
}

std::string signed_file(const std::string& range) {
  PdfFile pdf;
  pdf.add_page("BT ET", "", letter_size);
  pdf.add_to_catalog("/AcroForm<</Fields[<</T(outer)/FT/Sig/Kids[<</T(inner)/V 5 0 R>>]>>]>>");
  pdf.add("<</Type/Sig/SubFilter/adbe.pkcs7.detached/Name(A. Signer)/ByteRange" + range + "/Contents<00FF>>>");
  return pdf.bytes();
}

TEST(PdfInspection, knows_whether_a_signature_covers_the_whole_file) {
  const std::string unfilled = "[0 1111 2222 3333]";
  auto file = signed_file(unfilled);
  const auto begin = file.find("<00FF>");
  const auto end = begin + 6;
  const auto range =
      "[0 " + std::to_string(begin) + " " + std::to_string(end) + " " + std::to_string(file.size() - end) + "]";
  ASSERT_LE(range.size(), unfilled.size());
  file = replaced(file, unfilled, range + std::string(unfilled.size() - range.size(), ' '));
  auto facts = facts_of(file);
  ASSERT_EQ(facts.signatures.size(), 1U);
  EXPECT_EQ(facts.signatures[0].field, "outer.inner");
  EXPECT_EQ(facts.signatures[0].signer, "A. Signer");
  EXPECT_EQ(facts.signatures[0].format, "adbe.pkcs7.detached");
  EXPECT_TRUE(facts.signatures[0].covers_whole_file);

  EXPECT_FALSE(facts_of(file + "% added").signatures.at(0).covers_whole_file);
  for (const auto* bad : {"[0 0 0 0]", "[-1 2 3 4]", "[0 9 9 99999999999]", "[0 9]", "(x)"}) {
    EXPECT_FALSE(facts_of(signed_file(bad)).signatures.at(0).covers_whole_file) << bad;
  }
}

TEST(PdfInspection, reads_claims_whatever_their_prefix) {
  const auto with_metadata = [](const std::string& description) {
    PdfFile pdf;
    pdf.add_page("BT ET", "", letter_size);
    const int metadata = pdf.add_stream(
        "/Type/Metadata/Subtype/XML",
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" +
            description + "</rdf:RDF></x:xmpmeta>");
    pdf.add_to_catalog("/Metadata " + std::to_string(metadata) + " 0 R");
    return facts_of(pdf.bytes()).claims;
  };
  auto claims = with_metadata(
      "<rdf:Description xmlns:p='http://www.aiim.org/pdfa/ns/id/'><p:part> 2 </p:part><p:conformance>U"
      "</p:conformance></rdf:Description>");
  EXPECT_EQ(claims.pdfa, "2u");
  EXPECT_EQ(claims.pdfua, "");
  claims = with_metadata("<rdf:Description xmlns:u='http://www.aiim.org/pdfua/ns/id/' u:part='1'/>");
  EXPECT_EQ(claims.pdfa, "");
  EXPECT_EQ(claims.pdfua, "1");
  claims = with_metadata("<rdf:Description xmlns:pdfaid='http://else.example/'><pdfaid:part>1</pdfaid:part>");
  EXPECT_EQ(claims.pdfa, "");
}

TEST(PdfInspection, names_fonts_that_are_not_embedded_and_the_pages_that_may_use_them) {
  PdfFile pdf;
  const int form = pdf.add_stream(
      "/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F<</Subtype/TrueType/BaseFont/ABCDEF+Arial>>>>>>", "BT ET");
  const int program = pdf.add_stream("", "outlines");
  const int resources =
      pdf.add("<</XObject<</X " + std::to_string(form) + " 0 R>>/Font<</G<</Subtype/TrueType/BaseFont/Own" +
              "/FontDescriptor<</FontFile2 " + std::to_string(program) + " 0 R>>>>/T<</Subtype/Type3>>>>>>");
  const auto shared = letter_size + "/Resources " + std::to_string(resources) + " 0 R";
  for (int i = 0; i < 2; ++i) pdf.add_kid(pdf.add("<</Type/Page/Parent 2 0 R" + shared + ">>"));
  pdf.add_page("", "/Font<</C<</Subtype/Type0/BaseFont/Ming/DescendantFonts[<</Subtype/CIDFontType2>>]>>>>",
               letter_size);
  const auto facts = facts_of(pdf.bytes());
  ASSERT_EQ(facts.missing_fonts.size(), 2U);
  EXPECT_EQ(facts.missing_fonts[0].name, "Arial");
  EXPECT_EQ(facts.missing_fonts[0].type, "TrueType");
  EXPECT_FALSE(facts.missing_fonts[0].is_standard);
  EXPECT_EQ(facts.missing_fonts[0].pages, (std::vector{1, 2}));
  EXPECT_EQ(facts.missing_fonts[1].name, "Ming");
  EXPECT_EQ(facts.missing_fonts[1].pages, std::vector{3});
}

TEST(PdfInspection, says_which_programs_of_fonts_cannot_be_decoded) {
  const auto with_program = [](const std::string& program) {
    PdfFile pdf;
    const int number = pdf.add_stream("/Filter/ASCIIHexDecode", program);
    pdf.add_page(
        "BT ET",
        "/Font<</G<</Subtype/TrueType/BaseFont/Own/FontDescriptor<</FontFile2 " + std::to_string(number) + " 0 R>>>>>>",
        letter_size);
    return facts_of(pdf.bytes());
  };
  EXPECT_TRUE(with_program("00AA>").damage.empty());
  const auto facts = with_program("00AA?>");
  ASSERT_EQ(facts.damage.size(), 1U);
  EXPECT_EQ(facts.damage[0].kind, PdfDamageKind::stream);
  EXPECT_EQ(facts.damage[0].page, 1);
  EXPECT_TRUE(facts.missing_fonts.empty());
}

TEST(PdfInspection, notes_boxes_that_make_no_sense) {
  const auto problems_of = [](const std::string& boxes) {
    std::string all;
    for (const auto& problem : facts_of(one_page("", "", boxes)).box_problems)
      all += problem.box + " " + problem.problem + "; ";
    return all;
  };
  EXPECT_EQ(problems_of("/MediaBox[0 792 612 0]"), "");  // corners in any order
  EXPECT_EQ(problems_of(""), "MediaBox is missing; ");
  EXPECT_EQ(problems_of("/MediaBox[0 0 0 792]"), "MediaBox has no area; ");
  EXPECT_EQ(problems_of("/MediaBox[0 0 9]"), "MediaBox is no array of four numbers; ");
  EXPECT_EQ(problems_of("/MediaBox[0 0 20000 9]"), "MediaBox is larger than 14,400 units; ");
  EXPECT_EQ(problems_of("/MediaBox[0 0 9 9]/CropBox[50 50 60 60]"), "CropBox lies outside the MediaBox; ");
  EXPECT_EQ(problems_of("/MediaBox[0 0 9 9]/Rotate 45/UserUnit 0"),
            "Rotate is no multiple of 90; UserUnit is no positive number; ");
}

TEST(PdfInspection, looks_no_further_than_it_is_told_and_says_so) {
  PdfFile pdf;
  std::string links;
  for (int i = 0; i < 50; ++i) links += "<</Subtype/Link/A<</S/URI/URI(http://" + std::to_string(i) + ".example)>>>>";
  for (int i = 0; i < 50; ++i) pdf.add_page("BT ET", "", letter_size + "/Annots[" + links + "]");
  PdfInspectionLimits few;
  few.items = 10;
  auto facts = facts_of(pdf.bytes(), few);
  EXPECT_EQ(facts.page_count, 50);
  EXPECT_EQ(facts.references.size(), 10U);
  ASSERT_EQ(facts.looked_no_further.size(), 1U);
  EXPECT_EQ(facts.looked_no_further[0], "references: only the first 10 are listed");

  few.objects = 100;
  facts = facts_of(pdf.bytes(), few);
  EXPECT_LT(facts.page_count, 50);
  EXPECT_EQ(facts.looked_no_further.back(), "objects: only the first 100 were looked at");
  EXPECT_TRUE(facts.damage.empty());  // what was not walked is not missing

  PdfInspectionLimits short_content;
  short_content.content_bytes = 100;
  facts = facts_of(one_page(std::string(1000, ' ')), short_content);
  EXPECT_TRUE(facts.damage.empty());
  EXPECT_EQ(facts.looked_no_further.size(), 1U);
}

TEST(PdfInspection, comes_to_an_end_where_everything_contains_everything) {
  PdfFile pdf;
  constexpr int count = 300;
  std::string all;
  for (int i = 0; i < count; ++i) all += "/X" + std::to_string(i) + " " + std::to_string(3 + i) + " 0 R";
  for (int i = 0; i < count; ++i) pdf.add_stream("/Subtype/Form/Resources<</XObject<<" + all + ">>>>", "");
  for (int i = 0; i < 100; ++i) pdf.add_page("", "/XObject<<" + all + ">>", letter_size);
  PdfInspectionLimits limits;
  limits.objects = 5'000;
  EXPECT_EQ(facts_of(pdf.bytes(), limits).looked_no_further.size(), 1U);
}

}  // namespace
}  // namespace docmill
